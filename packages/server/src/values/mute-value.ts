import { StoaError } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import { Compile } from 'typebox/compile';

const address = Compile(Address);

/**
 * Checks the value of `muted:u:<address>` or `muted:g:<gid>`, which the server reads before it wakes a device.
 *
 * @param muted what follows `muted:`
 * @throws StoaError BAD_FRAME
 */
export function checkMute(muted: string, value: unknown): void {
  const [kind, rest] = [muted.slice(0, 2), muted.slice(2)];
  const isConversation = kind === 'u:' ? address.Check(rest) : kind === 'g:' && /^[1-9]\d{0,9}$/.test(rest);
  if (!isConversation) throw refusal('must be followed by "u:" and an address or "g:" and a gid');
  if (value === undefined) return;
  const until = typeof value === 'object' && value !== null && 'until' in value ? value.until : undefined;
  if (!Number.isSafeInteger(until) || Number(until) < 0) {
    throw refusal('must have "until", in milliseconds since 1970, or 0');
  }
}

const refusal = (problem: string): StoaError => new StoaError('BAD_FRAME', `"muted:" ${problem}.`);
