import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus, BusEvent } from '../bus.ts';

/** Two nodes of one installation. */
export interface BusesUnderTest {
  readonly one: Bus;
  readonly other: Bus;
  /** Errors that were reported for handlers of either node, in order. */
  readonly errors: readonly unknown[];
  /** Closes both and releases everything. */
  cleanup(): Promise<void>;
}

/**
 * What every implementation of the Bus interface is held to. Call it in a vitest file; `open` makes an installation
 * that nobody else uses.
 */
export function describeBusContract(name: string, open: () => Promise<BusesUnderTest>): void {
  describe(`${name} keeps the contract of a bus`, () => {
    let nodes: BusesUnderTest;
    beforeEach(async () => {
      nodes = await open();
    });
    afterEach(() => nodes.cleanup());

    const event = (value: unknown): BusEvent & { value: unknown } => ({ type: 'test', value });

    /** Subscribes and gathers values; `reached` resolves when so many have come. */
    async function gather(bus: Bus, subject: string) {
      const values: unknown[] = [];
      let wake = () => {};
      const subscription = await bus.subscribe(subject, (arrived) => {
        values.push('value' in arrived ? arrived.value : undefined);
        wake();
      });
      const reached = async (count: number) => {
        while (values.length < count) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        return values;
      };
      return { values, reached, subscription };
    }

    /** Resolves when everything that was published before on these nodes has been delivered to both. */
    async function settle() {
      for (const from of [nodes.one, nodes.other]) {
        for (const to of [nodes.one, nodes.other]) {
          const { reached, subscription } = await gather(to, 'settle');
          from.publish('settle', event(1));
          await reached(1);
          subscription.unsubscribe();
        }
      }
    }

    it('reaches the subscribers on every node, the own one included', async () => {
      const here = await gather(nodes.one, 'user.1');
      const there = await gather(nodes.other, 'user.1');
      const thereToo = await gather(nodes.other, 'user.1');
      nodes.one.publish('user.1', event('hello'));
      for (const { reached } of [here, there, thereToo]) expect(await reached(1)).toEqual(['hello']);
    });

    it('reaches whoever has subscribed before, and at once', async () => {
      for (let round = 0; round < 20; round++) {
        const { reached, subscription } = await gather(nodes.other, 'user.2');
        nodes.one.publish('user.2', event(round));
        expect(await reached(1)).toEqual([round]);
        subscription.unsubscribe();
      }
    });

    it('delivers exactly the subject that was named', async () => {
      const named = await gather(nodes.other, 'user.1');
      const others = ['user.10', 'user', 'user.1.device', 'group.1', 'User.1'];
      for (const subject of others) nodes.one.publish(subject, event(subject));
      nodes.one.publish('user.1', event('mine'));
      await settle();
      expect(named.values).toEqual(['mine']);
    });

    it('carries plain data, bytes included', async () => {
      const value = {
        text: 'é🐘',
        bytes: new Uint8Array([0, 255]),
        list: [1, null, { deep: true }],
        big: 2 ** 52,
      };
      const { reached } = await gather(nodes.other, 'user.1');
      nodes.one.publish('user.1', event(value));
      const [arrived] = await reached(1);
      expect(arrived).toMatchObject({ text: value.text, list: value.list, big: value.big });
      expect([...(arrived as typeof value).bytes]).toEqual([0, 255]);
    });

    it('keeps the order of each publisher and subject', async () => {
      const first = await gather(nodes.other, 'user.1');
      const second = await gather(nodes.other, 'user.2');
      for (let index = 0; index < 500; index++) {
        nodes.one.publish(index % 2 ? 'user.1' : 'user.2', event(index));
      }
      const indexes = Array.from({ length: 500 }, (_, index) => index);
      expect(await first.reached(250)).toEqual(indexes.filter((index) => index % 2 === 1));
      expect(await second.reached(250)).toEqual(indexes.filter((index) => index % 2 === 0));
    });

    it('does not call a handler before publish has returned', async () => {
      const { values, reached } = await gather(nodes.one, 'user.1');
      nodes.one.publish('user.1', event(1));
      expect(values).toEqual([]);
      expect(await reached(1)).toEqual([1]);
    });

    it('hands nothing over once unsubscribe has returned, not even what was published before', async () => {
      const { values, subscription } = await gather(nodes.other, 'user.1');
      const stays = await gather(nodes.other, 'user.1');
      nodes.one.publish('user.1', event(1));
      nodes.other.publish('user.1', event(2));
      subscription.unsubscribe();
      subscription.unsubscribe();
      await stays.reached(2);
      await settle();
      expect(values).toEqual([]);
    });

    it('lets a handler unsubscribe itself and others', async () => {
      const victim = await gather(nodes.one, 'user.2');
      let calls = 0;
      const subscription = await nodes.one.subscribe('user.1', () => {
        calls += 1;
        subscription.unsubscribe();
        victim.subscription.unsubscribe();
      });
      const witness = await gather(nodes.one, 'user.1');
      nodes.one.publish('user.1', event(1));
      nodes.one.publish('user.1', event(2));
      nodes.one.publish('user.2', event(3));
      await witness.reached(2);
      await settle();
      expect(calls).toBe(1);
      expect(victim.values).toEqual([]);
    });

    it('counts the same handler twice when it subscribed twice', async () => {
      const values: string[] = [];
      const handler = ({ type }: BusEvent) => {
        values.push(type);
      };
      const first = await nodes.one.subscribe('user.1', handler);
      await nodes.one.subscribe('user.1', handler);
      nodes.one.publish('user.1', event(1));
      await settle();
      expect(values).toHaveLength(2);
      first.unsubscribe();
      nodes.one.publish('user.1', event(2));
      await settle();
      expect(values).toHaveLength(3);
    });

    it('delivers what a handler publishes', async () => {
      const { reached } = await gather(nodes.other, 'user.2');
      await nodes.other.subscribe('user.1', () => nodes.other.publish('user.2', event('answer')));
      nodes.one.publish('user.1', event('question'));
      expect(await reached(1)).toEqual(['answer']);
    });

    it('keeps the error of one handler from the others, and reports it', async () => {
      const failure = new Error('the handler failed');
      await nodes.other.subscribe('user.1', () => {
        throw failure;
      });
      const { reached } = await gather(nodes.other, 'user.1');
      nodes.one.publish('user.1', event(1));
      nodes.one.publish('user.1', event(2));
      expect(await reached(2)).toEqual([1, 2]);
      await settle();
      expect(nodes.errors).toEqual([failure, failure]);
    });

    it('is closed for one node and stays open for the others', async () => {
      const here = await gather(nodes.one, 'user.1');
      const there = await gather(nodes.other, 'user.1');
      nodes.one.publish('user.1', event(1));
      await here.reached(1);
      await there.reached(1);
      await nodes.one.close();
      await nodes.one.close();
      nodes.one.publish('user.1', event('from a closed bus'));
      nodes.other.publish('user.1', event(2));
      expect(await there.reached(2)).toEqual([1, 2]);
      expect(here.values).toEqual([1]);
      await expect(nodes.one.subscribe('user.1', () => {})).rejects.toThrow('closed');
    });
  });
}
