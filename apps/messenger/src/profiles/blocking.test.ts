import type { BlockedParts } from '@stoa/client';
import { expect, it } from 'vitest';
import { changeBlock } from './blocking.ts';

/** What is kept from one user, with what is not named told as clients tell it. */
class Blocks {
  parts: BlockedParts | undefined;

  async blockedParts(): Promise<BlockedParts | undefined> {
    return this.parts;
  }

  async block(_address: string, parts: BlockedParts = { messages: true }): Promise<void> {
    const { messages } = parts;
    this.parts = { calls: messages, presence: messages, profile: messages, groups: false, ...parts };
  }

  async unblock(): Promise<void> {
    this.parts = undefined;
  }
}

it('lets somebody in again with all that he does, and leaves groups as they were', async () => {
  const blocks = new Blocks();
  await changeBlock(blocks, 'eve', { messages: true });
  expect(blocks.parts).toMatchObject({ messages: true, calls: true, presence: true, groups: false });
  await changeBlock(blocks, 'eve', { messages: false });
  expect(blocks.parts).toBeUndefined();
  await changeBlock(blocks, 'eve', { groups: true });
  await changeBlock(blocks, 'eve', { messages: true });
  await changeBlock(blocks, 'eve', { messages: false });
  expect(blocks.parts).toMatchObject({ messages: false, calls: false, presence: false, groups: true });
  await changeBlock(blocks, 'eve', { groups: false });
  expect(blocks.parts).toBeUndefined();
});

it('leaves what another application has blocked when groups are changed', async () => {
  const blocks = new Blocks();
  await blocks.block('eve', { messages: false, calls: true });
  await changeBlock(blocks, 'eve', { groups: true });
  expect(blocks.parts).toMatchObject({ messages: false, calls: true, groups: true });
});
