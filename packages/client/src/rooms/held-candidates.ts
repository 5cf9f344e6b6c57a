/** An offer without the server's addresses, and these for `addIceCandidate`. */
export interface HeldCandidates {
  readonly sdp: string;
  readonly candidates: readonly RTCIceCandidateInit[];
}

const addressLines = /^a=(?:candidate:|end-of-candidates).*\r?\n?/gm;

/**
 * Holds back where the server is. A browser looks for a way as soon as it knows that; when it has found one before the
 * server has read whom it talks to, out of the answer, the server ends the connection as one to a stranger.
 */
export function holdCandidates(offer: string): HeldCandidates {
  const [, ...sections] = offer.split(/^(?=m=)/m);
  // All m-lines share the connection of the first.
  const lines = sections[0]?.match(/^a=candidate:.*$/gm) ?? [];
  return {
    sdp: offer.replace(addressLines, ''),
    candidates: lines.map((line) => ({ candidate: line.slice('a='.length).trim(), sdpMLineIndex: 0 })),
  };
}
