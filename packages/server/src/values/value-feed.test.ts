import type { ServerFrame } from '@stoa/protocol';
import { msgpackCodec, packValue } from '@stoa/protocol';
import type { UserValueStore } from '@stoa/storage';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ValueFeed } from './value-feed.ts';

/** A device, a store whose answers are held back, and events that are lost or delayed. */
class World {
  readonly device = new Map<string, unknown>();
  readonly truth = new Map<string, { value: number | null; position: number }>();
  readonly events: { position: number; bytes: Uint8Array }[] = [];
  position = 0;
  readonly outlet = {
    congested: false,
    closed: false,
    write: (frame: ServerFrame) => this.#take(frame),
    writeEncoded: (bytes: Uint8Array) => this.#take(msgpackCodec.decode(bytes)[0] as ServerFrame),
  };
  readonly #held: (() => void)[] = [];
  readonly feed = new ValueFeed({
    uid: 1,
    // Reads at once, and answers later.
    store: { changed: (query) => this.#changed(query) } as UserValueStore,
    outlet: this.outlet,
  });

  set(key: string, value: number | null): void {
    this.position += 1;
    this.truth.set(key, { value, position: this.position });
    const frame = { t: 'state', key, ...(value === null ? {} : { value }) } as const;
    this.events.push({ position: this.position, bytes: msgpackCodec.encode(frame) as Uint8Array });
  }

  answer(): void {
    this.#held.shift()?.();
  }

  async settle(work: Promise<unknown>): Promise<void> {
    let done = false;
    work.finally(() => {
      done = true;
    });
    while (!done) {
      this.answer();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  expected(): Map<string, unknown> {
    const there = [...this.truth].filter(([, { value }]) => value !== null);
    return new Map(there.map(([key, { value }]) => [key, value]));
  }

  #changed({ position: since, limit }: Parameters<UserValueStore['changed']>[0]) {
    const values = [...this.truth]
      .map(([key, { value, position }]) => ({
        key,
        value: value === null ? null : packValue(value),
        position,
      }))
      .filter(({ position }) => position > since)
      .sort((one, other) => one.position - other.position)
      .slice(0, limit);
    const answer = { position: this.position, values };
    return new Promise<typeof answer>((resolve) => this.#held.push(() => resolve(answer)));
  }

  #take(frame: ServerFrame): void {
    if (frame.t !== 'state') return;
    if (frame.value === undefined) this.device.delete(frame.key);
    else this.device.set(frame.key, frame.value);
  }
}

const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key: fc.constantFrom('a', 'b'), value: fc.option(fc.nat(9)) }),
  fc.record({
    do: fc.constantFrom('deliver' as const, 'reorder' as const, 'lose' as const, 'answer' as const),
  }),
);

it('leaves a device with the latest values, whenever events come, and when they are lost and it catches up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const world = new World();
      const errors: unknown[] = [];
      const offer = (event: { position: number; bytes: Uint8Array } | undefined) => {
        if (event !== undefined) world.feed.offer(event, (error) => errors.push(error));
      };
      let started = world.feed.start(undefined).then(() => {});
      for (const one of steps) {
        if (one.do === 'set') world.set(one.key, one.value);
        else if (one.do === 'deliver') offer(world.events.shift());
        else if (one.do === 'reorder') offer(world.events.pop());
        else if (one.do === 'lose') {
          world.events.shift();
          started = started.then(() => world.feed.catchUp());
        } else world.answer();
        await Promise.resolve();
      }
      for (const event of world.events.splice(0)) offer(event);
      await world.settle(started);
      await world.settle(world.feed.catchUp());
      expect(errors).toEqual([]);
      expect(world.device).toEqual(world.expected());
    }),
    { numRuns: 300 },
  );
});
