import type { Target } from '../target.ts';
import { clientFrames } from './frames.ts';
import { publisher } from './publisher.ts';
import { sdp, whip } from './sdp.ts';
import { viewer } from './viewer.ts';

/** STUN and DTLS are read by the library, not by code of ours: what it makes of them is in e2e/networks. */
export const targets: Readonly<Record<string, Target>> = {
  rtp: publisher,
  rtcp: viewer,
  sdp,
  whip,
  frames: clientFrames,
};
