import { StoaError } from '@stoa/protocol';
import type { HttpOptions } from './http-options.ts';

/** Receivers of a message in one call. */
export const maxReceivers = 1_000;

/**
 * Makes sure that a message to several receivers can reach all of them: half a bulk would be hard to repeat. A single
 * receiver is left to whoever sends.
 *
 * @throws StoaError INVALID_DESTINATION that names the first one who does not exist, BLOCKED the first who blocks
 */
export async function requireReceivers(
  { users, blocking }: Pick<HttpOptions, 'users' | 'blocking'>,
  aid: number,
  from: string,
  addresses: readonly string[],
): Promise<void> {
  if (addresses.length < 2) return;
  for (const address of addresses) {
    try {
      const { uid } = await users.byAddress(aid, address);
      if (await blocking.mayReach(uid, from, 'messages')) continue;
      throw new StoaError('BLOCKED', `"${address}" does not take messages of "${from}"; nothing was sent.`);
    } catch (error) {
      if (!(error instanceof StoaError) || error.code !== 'NOT_FOUND') throw error;
      throw new StoaError('INVALID_DESTINATION', `There is no user "${address}"; nothing was sent.`);
    }
  }
}
