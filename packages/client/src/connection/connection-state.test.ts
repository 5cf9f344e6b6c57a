import { StoaError } from '@stoa/protocol';
import { array, assert, constant, constantFrom, integer, oneof, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { type ConnectionEvent, type ConnectionState, nextConnectionState } from './connection-state.ts';

const error = new StoaError('UNAVAILABLE');
const events = oneof(
  constant<ConnectionEvent>({ type: 'start' }),
  constant<ConnectionEvent>({ type: 'stop' }),
  constant<ConnectionEvent>({ type: 'opened' }),
  constant<ConnectionEvent>({ type: 'welcomed', silence: 9_000 }),
  constantFrom(1006, 4000, 4501).map(
    (code): ConnectionEvent => ({ type: 'closed', code, reason: 'closed', error, signedOut: false }),
  ),
  constant<ConnectionEvent>({ type: 'failed', reason: 'failed' }),
  constant<ConnectionEvent>({ type: 'refused', error, signedOut: true }),
  constantFrom('online', 'offline', 'visible').map(
    (change): ConnectionEvent => ({ type: 'environment', change, heard: 0 }),
  ),
);
const steps = array(record({ event: events, wait: integer({ min: 0, max: 12_000 }) }), { maxLength: 40 });

const deadlineOf = (state: ConnectionState): number =>
  'deadline' in state ? state.deadline : Number.POSITIVE_INFINITY;

it('always has a way on: an end, or a deadline that is not far', () => {
  assert(
    property(steps, (all) => {
      let state: ConnectionState = { name: 'stopped' };
      let [now, sockets] = [0, 0];
      const handle = (event: ConnectionEvent) => {
        const next = nextConnectionState(state, event, { now, random: 0.5 });
        for (const effect of next.effects) {
          if (effect === 'drop') sockets = 0;
          if (effect === 'open') sockets += 1;
          // Nothing is said without a socket.
          if (effect === 'hello' || effect === 'ping') expect(sockets).toBe(1);
        }
        state = next.state;
        expect(sockets).toBe(state.name === 'connecting' || state.name === 'online' ? 1 : 0);
        if ('deadline' in state) expect(state.deadline - now).toBeLessThanOrEqual(30_000);
        else expect(['stopped', 'refused']).toContain(state.name);
      };
      for (const { event, wait } of all) {
        const until = now + wait;
        while (deadlineOf(state) <= until) {
          now = deadlineOf(state);
          handle({ type: 'deadline', heard: 0, heardAt: 0 });
        }
        now = until;
        handle(event);
      }
    }),
  );
});

const onlineAt = (now: number): ConnectionState => {
  const connecting = nextConnectionState({ name: 'stopped' }, { type: 'start' }, { now, random: 0 }).state;
  const greeted = nextConnectionState(connecting, { type: 'opened' }, { now, random: 0 }).state;
  return nextConnectionState(greeted, { type: 'welcomed', silence: 9_000 }, { now, random: 0 }).state;
};

it('gives a connection two seconds to answer after a sleep of the machine', () => {
  const slept = 3_600_000;
  const woken = nextConnectionState(
    onlineAt(0),
    { type: 'deadline', heard: 3, heardAt: 0 },
    { now: slept, random: 0 },
  );
  expect(woken.effects).toEqual(['ping']);
  expect(woken.state).toMatchObject({ name: 'online', deadline: slept + 2_000 });
  const deadline = { type: 'deadline', heard: 3, heardAt: 0 } as const;
  expect(nextConnectionState(woken.state, deadline, { now: slept + 2_000, random: 0 }).state.name).toBe(
    'waiting',
  );
  const answered = { type: 'deadline', heard: 4, heardAt: slept + 10 } as const;
  expect(nextConnectionState(woken.state, answered, { now: slept + 2_000, random: 0 }).state.name).toBe(
    'online',
  );
});

it('watches the silence also when the clock was set back', () => {
  const state = onlineAt(1_000_000);
  const { state: next } = nextConnectionState(
    state,
    { type: 'deadline', heard: 1, heardAt: 1_004_000 },
    { now: 10_000, random: 0 },
  );
  expect(next).toMatchObject({ name: 'online', deadline: 16_000 });
});

it('does not ask again while it waits for an answer', () => {
  const visible = { type: 'environment', change: 'visible', heard: 5 } as const;
  const asked = nextConnectionState(onlineAt(0), visible, { now: 100, random: 0 });
  expect(asked.effects).toEqual(['ping']);
  expect(nextConnectionState(asked.state, visible, { now: 1_100, random: 0 })).toEqual({
    state: asked.state,
    effects: [],
  });
  expect(
    nextConnectionState(asked.state, { ...visible, heard: 6 }, { now: 1_100, random: 0 }).effects,
  ).toEqual(['ping']);
});

it('adds jitter to what the server asks for', () => {
  const failed = { type: 'failed', reason: 'Full.', retryAfterMs: 5_000 } as const;
  const delays = [0, 0.5, 1].map((random) => {
    const { state } = nextConnectionState(onlineAt(0), failed, { now: 1_000, random });
    return state.name === 'waiting' ? state.deadline - 1_000 : undefined;
  });
  expect(delays).toEqual([5_000, 5_150, 5_300]);
});

it('comes back within a second, however often it has failed, for a user in a call or room', () => {
  let state = onlineAt(0);
  const delays = [0, 1, 2, 3, 4, 5].map((attempt) => {
    const now = attempt * 10_000;
    const failed = { type: 'failed', reason: 'Gone.' } as const;
    const lost = nextConnectionState(state, failed, { now, random: 1, inHaste: attempt < 5 }).state;
    const delay = lost.name === 'waiting' ? lost.deadline - now : Number.NaN;
    const due = { type: 'deadline', heard: 0, heardAt: 0 } as const;
    state = nextConnectionState(lost, due, { now: now + delay, random: 1 }).state;
    return delay;
  });
  expect(delays).toEqual([300, 600, 1_000, 1_000, 1_000, 9_600]);
});
