import { StoreUnavailableError } from '@stoa/storage';
import { ManualClock } from '@stoa/testkit';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type CatchingUp, CatchUp } from './catch-up.ts';

describe('sessions that may have missed something', () => {
  let clock: ManualClock;
  let connected: boolean;
  let sessions: TestSession[];
  let catchUp: CatchUp;
  /** Of a node without others. */
  let alone: CatchUp;
  const onError = vi.fn<(error: unknown) => void>();

  class TestSession implements CatchingUp {
    readonly connection = { closed: false };
    /** Of each call, what ends it. */
    readonly calls: PromiseWithResolvers<void>[] = [];

    catchUp(): Promise<void> {
      const call = Promise.withResolvers<void>();
      this.calls.push(call);
      return call.promise;
    }
  }

  beforeEach(() => {
    clock = new ManualClock();
    connected = true;
    sessions = Array.from({ length: 10 }, () => new TestSession());
    const bus = {
      get connected() {
        return connected;
      },
    };
    const options = { bus, sessions: () => sessions, clock, onError, random: () => 0.5 };
    catchUp = new CatchUp({ ...options, hasOthers: true });
    alone = new CatchUp({ ...options, hasOthers: false });
  });

  const calls = (): number => sessions.reduce((sum, session) => sum + session.calls.length, 0);
  const turns = () => new Promise((resolve) => setImmediate(resolve));
  function pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      catchUp.tick();
    }
  }
  /** Ends everything that runs, until nothing runs any more. */
  async function endAll(): Promise<void> {
    for (let before = -1; before !== calls(); ) {
      before = calls();
      for (const session of sessions) session.calls.at(-1)?.resolve();
      await turns();
    }
  }

  it('ask the store after a moment, a few at a time, each once', async () => {
    for (const session of sessions) {
      catchUp.request(session);
      catchUp.request(session);
    }
    catchUp.tick();
    expect(calls()).toBe(0);
    pass(300);
    expect(calls()).toBe(4);
    await endAll();
    expect(sessions.map((session) => session.calls.length)).toEqual(Array(10).fill(1));
    pass(10_000);
    expect(calls()).toBe(10);
  });

  it('ask again when they may have missed something while they asked', async () => {
    const [session] = sessions;
    if (session === undefined) return;
    catchUp.request(session);
    pass(300);
    catchUp.request(session);
    await endAll();
    expect(session.calls).toHaveLength(2);
  });

  it('ask every few seconds while other nodes cannot be reached', async () => {
    connected = false;
    catchUp.tick();
    for (let round = 1; round <= 3; round++) {
      pass(3_000);
      await endAll();
      expect(calls()).toBe(round * 10);
    }
    connected = true;
    pass(60_000);
    await turns();
    expect(calls()).toBe(30);
  });

  it('ask once in a long while although nothing seems to be lost', async () => {
    pass(590_000);
    expect(calls()).toBe(0);
    pass(20_000);
    await endAll();
    expect(calls()).toBe(10);
  });

  it('ask when something could not be told, and only then, where there are no other nodes', async () => {
    const passAlone = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 100) {
        clock.advance(100);
        alone.tick();
      }
    };
    passAlone(700_000);
    expect(calls()).toBe(0);
    const [session] = sessions;
    if (session !== undefined) alone.request(session);
    passAlone(300);
    expect(calls()).toBe(1);
  });

  it('ask again, all of them, when the store is there again', async () => {
    const [first, ...others] = sessions;
    for (const session of sessions) catchUp.request(session);
    pass(300);
    first?.calls[0]?.reject(new StoreUnavailableError());
    await turns();
    for (const session of others) session.calls[0]?.reject(new StoreUnavailableError());
    await turns();
    pass(500);
    expect(calls()).toBe(4);
    pass(600);
    await endAll();
    expect(sessions.map((session) => session.calls.length).sort()).toEqual([1, 1, 1, 1, 1, 1, 2, 2, 2, 2]);
    expect(onError).not.toHaveBeenCalled();
  });

  it('do not hide what went wrong otherwise', async () => {
    const failure = new Error('a fault');
    const [session] = sessions;
    if (session === undefined) return;
    catchUp.request(session);
    pass(300);
    session.calls[0]?.reject(failure);
    await turns();
    expect(onError).toHaveBeenCalledExactlyOnceWith(failure);
  });

  it('ask nothing any more when they have ended', async () => {
    for (const session of sessions) catchUp.request(session);
    for (const session of sessions) session.connection.closed = true;
    pass(1_000);
    expect(calls()).toBe(0);
  });
});
