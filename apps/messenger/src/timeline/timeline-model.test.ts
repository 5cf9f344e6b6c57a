import type { Client, LocalMessage, Target } from '@stoa/client';
import { StoaError } from '@stoa/protocol';
import { beforeEach, expect, it, vi } from 'vitest';
import { makeMessage } from './make-message.ts';
import { TimelineModel } from './timeline-model.ts';

const bob: Target = { peer: 'bob' };
const refusal = new StoaError('UNAVAILABLE', 'The server is busy.');

/** A chat of which the newest message is on the device, and the others on a server that may refuse. */
class Chat {
  refuses = false;
  here: LocalMessage[] = [makeMessage({ order: 3 })];
  there = [makeMessage({ order: 2 }), makeMessage({ order: 1 })];

  on(): () => void {
    return () => {};
  }
  async conversation(): Promise<undefined> {}
  async message(_target: Target, mid: number): Promise<LocalMessage | undefined> {
    if (this.refuses) throw refusal;
    return [...this.here, ...this.there].find((message) => message.mid === mid);
  }
  async messages(_target: Target, { before = 9 }: { before?: number }): Promise<LocalMessage[]> {
    return this.here.filter(({ order }) => order < before);
  }
  async fetchOlder(): Promise<number> {
    await Promise.resolve();
    if (this.refuses) throw refusal;
    this.here.push(...this.there.splice(0, 1));
    return 1;
  }
}

let chat: Chat;
let timeline: TimelineModel;
const shown = () => timeline.get().messages.map(({ order }) => order);

beforeEach(async () => {
  vi.stubGlobal('window', globalThis);
  chat = new Chat();
  timeline = new TimelineModel(chat as Pick<Client, keyof Chat & keyof Client>, bob);
  const close = timeline.open();
  await expect.poll(() => timeline.get().ready).toBe(true);
  return close;
});

it('loads older messages when it is asked again after a refusal', async () => {
  chat.refuses = true;
  await timeline.loadOlder();
  expect([timeline.get().older, shown()]).toEqual(['later', [3]]);
  chat.refuses = false;
  await timeline.loadOlder();
  expect([timeline.get().older, shown()]).toEqual(['more', [2, 3]]);
});

it('leads to a message while a page is being loaded, and after one was refused', async () => {
  chat.refuses = true;
  await timeline.loadOlder();
  chat.refuses = false;
  void timeline.loadOlder();
  expect(await timeline.show(1001)).toBe(true);
  expect(shown()).toEqual([1, 2, 3]);
});

it('tells a message that cannot be had now from one that is not there', async () => {
  expect(await timeline.show(99)).toBe(false);
  chat.refuses = true;
  await expect(timeline.show(1001)).rejects.toBe(refusal);
  chat.message = async () => makeMessage({ order: 1 });
  await expect(timeline.show(1001)).rejects.toBe(refusal);
});
