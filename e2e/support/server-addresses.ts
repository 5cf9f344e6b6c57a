/** An offer of the server without its addresses: they are told by `reach`, when it has taken the answer. */
export function withoutAddresses(offer: string): string {
  return offer.replace(/^a=(?:candidate:|end-of-candidates).*\r\n/gm, '');
}

/** Tells a connection the addresses of an offer. */
export async function reach(peer: RTCPeerConnection, offer: string): Promise<void> {
  for (const line of new Set(offer.match(/^a=candidate:.*$/gm)))
    await peer.addIceCandidate({ candidate: line.slice('a='.length).trim(), sdpMLineIndex: 0 });
}
