import { StoaError } from '@stoa/protocol';
import { Address } from '@stoa/protocol/validate';
import { Compile } from 'typebox/compile';

const address = Compile(Address);

/**
 * Checks the value of `contact:<address>`, by which the server knows who sees what is for contacts.
 *
 * @throws StoaError BAD_FRAME
 */
export function checkContact(contact: string, value: unknown): void {
  if (!address.Check(contact)) throw new StoaError('BAD_FRAME', '"contact:" must be followed by an address.');
  if (value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value))) return;
  throw new StoaError('BAD_FRAME', '"contact:" must be a map.');
}
