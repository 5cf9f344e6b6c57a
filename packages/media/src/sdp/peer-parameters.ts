import { StoaError } from '@stoa/protocol';
import type { MediaDescription, SessionDescription } from 'sdp-transform';

export type Candidate = NonNullable<MediaDescription['candidates']>[number];

/** What ICE and DTLS of one side have to know of the other. */
export interface PeerParameters {
  readonly iceUfrag: string;
  readonly icePwd: string;
  readonly fingerprint: { readonly type: string; readonly hash: string };
  readonly setup: string;
  readonly candidates: readonly Candidate[];
}

const maxCandidates = 30;

/** The parameters of a bundle: of its session, or of the first section that has them. */
export function peerParameters(description: SessionDescription): PeerParameters {
  const places = [description, ...description.media];
  const iceUfrag = places.find((place) => place.iceUfrag !== undefined)?.iceUfrag;
  const icePwd = places.find((place) => place.icePwd !== undefined)?.icePwd;
  const fingerprint = places.find((place) => place.fingerprint !== undefined)?.fingerprint;
  if (iceUfrag === undefined || icePwd === undefined || fingerprint === undefined) {
    throw new StoaError('BAD_REQUEST', 'The SDP lacks ICE credentials or a fingerprint.');
  }
  // They are put into SDP for the library again: nothing but what the grammar allows gets there.
  const isSound =
    /^[\w+/]{4,256}$/.test(String(iceUfrag)) &&
    /^[\w+/]{22,256}$/.test(String(icePwd)) &&
    /^[\w-]{1,20}$/.test(fingerprint.type) &&
    /^[0-9A-Fa-f:]{20,200}$/.test(fingerprint.hash);
  if (!isSound) throw new StoaError('BAD_REQUEST', 'The ICE credentials or the fingerprint are malformed.');
  return {
    iceUfrag: String(iceUfrag),
    icePwd: String(icePwd),
    fingerprint,
    setup: places.find((place) => place.setup !== undefined)?.setup ?? 'actpass',
    candidates: reachable(description.media.flatMap((section) => section.candidates ?? [])),
  };
}

/** The candidates that we can use: UDP, each once, and no names that only the client's own network resolves. */
function reachable(candidates: readonly Candidate[]): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const { ip, port, transport, component } = candidate;
    const usable = transport.toLowerCase() === 'udp' && component === 1 && /^[0-9a-fA-F.:]+$/.test(ip);
    if (usable && Number.isInteger(port) && found.size < maxCandidates) found.set(`${ip} ${port}`, candidate);
  }
  return [...found.values()];
}
