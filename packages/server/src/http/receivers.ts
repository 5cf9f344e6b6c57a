import { StoaError } from '@stoa/protocol';
import type { HttpOptions } from './http-options.ts';

/** Receivers of a message in one call. */
export const maxReceivers = 1_000;

/**
 * Makes sure that a message to several receivers can reach all of them: half a bulk would be hard to repeat. A single
 * receiver is left to whoever sends.
 *
 * @throws StoaError INVALID_DESTINATION that names the first one who does not exist, BLOCKED the first who blocks,
 * PERMISSION_DENIED when the app does not let the sender write to several at once (unless `forced`)
 */
export async function requireReceivers(
  { users, blocking, access }: Pick<HttpOptions, 'users' | 'blocking' | 'access'>,
  { aid, from, forced }: { readonly aid: number; readonly from: string; readonly forced: boolean },
  addresses: readonly string[],
): Promise<void> {
  if (addresses.length < 2) return;
  if (access.restricts(aid) && !forced) await access.require(await users.byAddress(aid, from), 'broadcast');
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
