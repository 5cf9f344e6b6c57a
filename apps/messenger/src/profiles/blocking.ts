import type { BlockedParts, Client } from '@stoa/client';

/**
 * Keeps all that a user does from this one, or lets him in again (`messages`, which calls, presence and profile follow);
 * or what he says in groups. What is not named stays as it was.
 */
export async function changeBlock(
  client: Pick<Client, 'block' | 'blockedParts' | 'unblock'>,
  address: string,
  change: { readonly messages: boolean } | { readonly groups: boolean },
): Promise<void> {
  const before = await client.blockedParts(address);
  const parts: BlockedParts =
    'messages' in change
      ? { ...change, groups: before?.groups ?? false }
      : { messages: false, ...before, ...change };
  await (Object.values(parts).includes(true) ? client.block(address, parts) : client.unblock(address));
}
