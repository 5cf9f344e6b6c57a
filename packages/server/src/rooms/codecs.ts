import { StoaError } from '@stoa/protocol';

/** That the media plane forwards; an answer takes no other. */
const forwarded = new Set(['opus', 'vp8', 'vp9', 'h264', 'av1']);

/**
 * Refuses an offer that could end in a codec which the room does not take.
 *
 * @throws StoaError BAD_REQUEST
 */
export function requireCodecs(sdp: string, allowed: readonly string[]): void {
  const refused = new Set(forwarded);
  for (const name of allowed) refused.delete(name.toLowerCase());
  for (const [, name = ''] of sdp.matchAll(/^a=rtpmap:\d+ ([\w-]+)\//gm)) {
    if (!refused.has(name.toLowerCase())) continue;
    throw new StoaError('BAD_REQUEST', `The room does not take the codec "${name}".`, {
      hint: `Offer none but ${allowed.join(', ')}, as the limits of the room say.`,
    });
  }
}
