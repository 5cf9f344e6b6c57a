import { StoaError } from '@stoa/protocol';
import type { Users } from '../users/index.ts';

/** Receivers of a message in one call. */
export const maxReceivers = 1_000;

/**
 * Makes sure that a message to several receivers can reach all of them: half a bulk would be hard to repeat. A single
 * receiver is left to whoever sends.
 *
 * @throws StoaError INVALID_DESTINATION that names the first one who does not exist
 */
export async function requireReceivers(
  users: Users,
  aid: number,
  addresses: readonly string[],
): Promise<void> {
  if (addresses.length < 2) return;
  for (const address of addresses) {
    try {
      await users.byAddress(aid, address);
    } catch (error) {
      if (!(error instanceof StoaError) || error.code !== 'NOT_FOUND') throw error;
      throw new StoaError('INVALID_DESTINATION', `There is no user "${address}"; nothing was sent.`);
    }
  }
}
