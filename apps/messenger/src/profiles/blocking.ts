import type { BlockedParts, Client } from '@stoa/client';

/** Keeps something more, or less, of what a user says from this one; what is not named stays as it was. */
export async function changeBlock(
  client: Client,
  address: string,
  change: Partial<BlockedParts>,
): Promise<void> {
  const parts = { messages: false, ...(await client.blockedParts(address)), ...change };
  await (Object.values(parts).includes(true) ? client.block(address, parts) : client.unblock(address));
}
