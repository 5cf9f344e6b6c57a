import { StoaError } from '@stoa/protocol';
import { StoreUnavailableError } from '@stoa/storage';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InTurn } from '../in-turn.ts';
import { SendOrder } from './send-order.ts';

type Fate = 'stored' | 'refused for good' | 'not looked up' | 'not judged' | 'not stored';
const isForNow = (fate: Fate): boolean => fate !== 'stored' && fate !== 'refused for good';

const outcome = (fate: Fate): Promise<void> => {
  if (fate === 'refused for good') return Promise.reject(new StoaError('INVALID_DESTINATION'));
  return isForNow(fate) ? Promise.reject(new StoreUnavailableError('away')) : Promise.resolve();
};

/** One connection, on which a client sends again, in order, whatever was refused for the moment. */
async function sendAll(scheduler: fc.Scheduler, fates: readonly (readonly Fate[])[]): Promise<number[]> {
  const order = new SendOrder(() => 0);
  const begun: number[] = [];
  const left = fates.map((own) => [...own]);
  const turns = new InTurn();
  const judge = async (id: number, fate: Fate): Promise<void> => {
    await scheduler.schedule(Promise.resolve(), `judges ${id}`);
    if (fate === 'not judged') await outcome(fate);
  };
  const send = async (id: number): Promise<boolean> => {
    try {
      order.letIn({ id, isTransient: false }, () => 0);
      const fate = left[id]?.shift() ?? 'stored';
      await order.run(
        id,
        async () => {
          await scheduler.schedule(Promise.resolve(), `looks up ${id}`);
          if (fate === 'not looked up' || fate === 'refused for good') await outcome(fate);
        },
        async (_, requireOrder) => {
          const storing = turns.run('all', judge(id, fate)).then(() => {
            requireOrder();
            if (fate === 'stored') begun.push(id);
            return outcome(fate);
          });
          storing.catch((error: unknown) => order.failed(id, error));
          await storing;
        },
      );
      return false;
    } catch (error) {
      return !(error instanceof StoaError) || error.retryable;
    }
  };
  const sendEach = async (ids: readonly number[]): Promise<boolean[]> => {
    const sent: Promise<boolean>[] = [];
    for (const id of ids) {
      await scheduler.schedule(Promise.resolve(), `${id} arrives`);
      sent.push(send(id));
    }
    return Promise.all(sent);
  };
  let waiting = fates.map((_, id) => id);
  while (waiting.length > 0) {
    const again = await scheduler.waitFor(sendEach(waiting));
    waiting = waiting.filter((_, index) => again[index]);
  }
  return begun;
}

it('lets nothing overtake what was refused for the moment, at whichever step', async () => {
  const fate = fc.constantFrom<Fate>(
    'stored',
    'refused for good',
    'not looked up',
    'not judged',
    'not stored',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.array(fate, { maxLength: 2 }), { maxLength: 8 }),
      async (scheduler, fates) => {
        const begun = await sendAll(scheduler, fates);
        expect(begun).toEqual(begun.toSorted((a, b) => a - b));
        const refused = fates.flatMap((own, id) => (own.includes('refused for good') ? [id] : []));
        expect(fates.map((_, id) => id).filter((id) => !begun.includes(id) && !refused.includes(id))).toEqual(
          [],
        );
      },
    ),
  );
});

it('takes what is repeated while those behind its first failure are still on their way', async () => {
  const order = new SendOrder(() => 0);
  const stored: string[] = [];
  const turns = new InTurn();
  /** One whose judges answer when `judged` settles. */
  const send = (id: number, name: string, judged: Promise<void>): Promise<unknown> => {
    order.letIn({ id, isTransient: false }, () => 0);
    const proceed = async (_: unknown, requireOrder: () => void): Promise<void> => {
      const storing = turns.run('all', judged).then(() => {
        requireOrder();
        stored.push(name);
      });
      storing.catch((error: unknown) => order.failed(id, error));
      await storing;
    };
    return order.run(id, () => {}, proceed).catch((error: unknown) => error);
  };
  const judging = Promise.withResolvers<void>();
  const first = send(1, 'first', Promise.reject(new StoreUnavailableError('away')));
  const second = send(2, 'second', judging.promise);
  const third = send(3, 'third', judging.promise);
  expect(await first).toBeInstanceOf(StoreUnavailableError);
  const [again, fourth] = [send(1, 'first again', Promise.resolve()), send(4, 'fourth', Promise.resolve())];
  judging.resolve();
  for (const behind of [second, third, fourth]) expect(await behind).toMatchObject({ code: 'RATE_LIMITED' });
  expect(await again).toBeUndefined();
  expect(stored).toEqual(['first again']);
});

it('lets nothing that came after a repeat overtake one that is looked up still, and will be refused', async () => {
  const order = new SendOrder(() => 0);
  const begun: number[] = [];
  const send = (id: number, lookUp: () => void | Promise<void>): Promise<unknown> => {
    order.letIn({ id, isTransient: false }, () => 0);
    const proceed = async (): Promise<void> => {
      begun.push(id);
    };
    return order.run(id, lookUp, proceed).catch((error: unknown) => error);
  };
  const looking = Promise.withResolvers<void>();
  const first = send(1, () => Promise.reject(new StoreUnavailableError('away')));
  const second = send(2, () => looking.promise);
  await first;
  const [again, third] = [send(1, () => {}), send(3, () => {})];
  looking.resolve();
  for (const behind of [second, third]) expect(await behind).toMatchObject({ code: 'RATE_LIMITED' });
  await again;
  expect(begun).toEqual([1]);
});

it('lets nothing that is repeated overtake one before it whose repeat has failed again', async () => {
  const order = new SendOrder(() => 0);
  const stored: number[] = [];
  const send = async (id: number, fate: Fate): Promise<unknown> => {
    try {
      order.letIn({ id, isTransient: false }, () => 0);
      await order.run(
        id,
        () => (fate === 'not looked up' ? outcome(fate) : undefined),
        async () => {
          stored.push(id);
        },
      );
      return 'stored';
    } catch (error) {
      return error;
    }
  };
  const behind = { code: 'RATE_LIMITED' };
  expect(await send(1, 'not looked up')).toBeInstanceOf(StoreUnavailableError);
  expect(await send(2, 'stored')).toMatchObject(behind);
  expect(await send(1, 'not looked up')).toBeInstanceOf(StoreUnavailableError);
  expect(await send(2, 'stored')).toMatchObject(behind);
  expect(await send(1, 'stored')).toBe('stored');
  expect(await send(2, 'stored')).toBe('stored');
  expect(stored).toEqual([1, 2]);
});

it('holds up for ten seconds at most a client that never repeats what was refused', () => {
  let now = 0;
  const order = new SendOrder(() => now);
  const letIn = (id: number) => order.letIn({ id, isTransient: false }, () => (id === 1 ? 500 : 0));
  expect(() => letIn(1)).toThrow(expect.objectContaining({ code: 'RATE_LIMITED', retryAfterMs: 500 }));
  expect(() => letIn(2)).toThrow(expect.objectContaining({ code: 'RATE_LIMITED', retryAfterMs: 1_000 }));
  now = 10_000;
  letIn(3);
});
