import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Store } from '../store.ts';

/**
 * Compares the store with what `append-until-killed.ts` was told: every append that was resolved is at its place, and
 * places have no gaps. Resolves to the number of those appends.
 */
export async function expectAcknowledged(store: Store, file: string): Promise<number> {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const acknowledged = lines.map((line) => line.split(' '));
  const stored = new Map<string, string>();
  for (const conv of new Set(acknowledged.map(([conv]) => Number(conv)))) {
    const messages = await store.log.read(conv, { after: 0, limit: 1_000_000 });
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
    expect(await store.log.conversation(conv)).toMatchObject({ last: messages.length });
    for (const { sender, dev, id, seq } of messages) stored.set(`${conv} ${sender}:${dev}:${id}`, `${seq}`);
  }
  for (const [conv, send, seq] of acknowledged) expect(stored.get(`${conv} ${send}`)).toBe(seq);
  return acknowledged.length;
}
