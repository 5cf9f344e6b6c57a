import { type BlockedParts, Client } from '@stoa/client';
import type { TestNode } from '@stoa/testkit';
import { expect } from 'vitest';

/** Resolves when the server knows what somebody has blocked of somebody else: his messenger says so a moment before. */
export async function blockedAtServer(
  server: TestNode,
  who: string,
  whom: string,
  parts: Partial<BlockedParts>,
): Promise<void> {
  const { token } = await server.addUser(who);
  const device = new Client({ url: server.url, token });
  try {
    await device.start();
    await expect.poll(() => device.blockedParts(whom)).toMatchObject(parts);
  } finally {
    await device.stop();
  }
}
