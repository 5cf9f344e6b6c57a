import { StoaError } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import { Compile } from 'typebox/compile';

const address = Compile(Address);
/** What a user can keep from somebody. */
const members = ['messages', 'calls', 'presence', 'profile', 'groups'] as const;

/**
 * Checks the value of `blocked:<address>`, which the server itself enforces.
 *
 * @throws StoaError BAD_FRAME
 */
export function checkBlock(blocked: string, value: unknown): void {
  if (!address.Check(blocked)) throw refusal('must be followed by an address');
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw refusal('must be a map');
  }
  if (!('messages' in value)) throw refusal('must have "messages"');
  for (const member of members) {
    const given = Object.entries(value).find(([name]) => name === member)?.[1];
    if (given !== undefined && typeof given !== 'boolean') throw refusal(`"${member}" must be true or false`);
  }
}

const refusal = (problem: string): StoaError => new StoaError('BAD_FRAME', `"blocked:" ${problem}.`);
