import type { CallNotice, CallRequest } from '@stoa/protocol';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type CallInput, type CallState, newCall, nextCall, nextDue } from './call-state.ts';

const start = Date.UTC(2026, 0, 1);
const invite: CallRequest = { type: 'invite', peer: 'bob', video: false };
const answer: CallRequest = { type: 'answer', video: false };
const ended: CallNotice = { type: 'ended', reason: 'hangup', seconds: 7 };

/** Carries out one input after the other, and notes what was said. */
function play(state: CallState, ...inputs: (CallInput | CallNotice | number)[]) {
  const said: string[] = [];
  const effects: string[] = [];
  let now = start;
  for (const input of inputs) {
    if (typeof input === 'number') now += input;
    const isInput = typeof input !== 'number' && inputTypes.has(input.type);
    const step: CallInput =
      typeof input === 'number'
        ? { type: 'time' }
        : isInput
          ? (input as CallInput)
          : { type: 'notice', notice: input as CallNotice };
    const next = nextCall(state, step, now);
    state = next.state;
    for (const effect of next.effects) {
      if (effect.type === 'send') said.push(effect.event.type);
      else effects.push(effect.type);
    }
  }
  return { state, said, effects };
}
const inputTypes: ReadonlySet<string> = new Set([
  'invite',
  'answer',
  'hangup',
  'resume',
  'online',
  'media',
  'unreachable',
  'time',
]);

const calling: CallNotice = { type: 'calling', ticket: 'first', ms: 60_000 };
const answered: CallNotice = { type: 'answered', video: false, ticket: 'second', sdp: 'v=0\r\n' };
const outgoing: (CallInput | CallNotice)[] = [
  { type: 'invite', opening: invite },
  calling,
  { type: 'ringing' },
];
const up: CallInput = { type: 'media', media: 'up' };
const down: CallInput = { type: 'media', media: 'down' };

describe('an own call', () => {
  it('rings, is answered and connected, and says so once', () => {
    const { state, said } = play(newCall('starting', start), ...outgoing, answered, up, down, up);
    expect(state).toMatchObject({ phase: 'connected', ticket: 'second' });
    expect(said).toEqual(['invite', 'connected']);
  });

  it('says on a new connection what the server must know', () => {
    const online: CallInput = { type: 'online' };
    expect(
      play(newCall('starting', start), online, { type: 'invite', opening: invite }, online).said,
    ).toEqual(['invite', 'invite']);
    expect(play(newCall('starting', start), ...outgoing, online).said).toEqual(['invite', 'resume']);
    const over = play(newCall('starting', start), ...outgoing, { type: 'hangup' }, online, ended, online);
    expect(over.said).toEqual(['invite', 'hangup', 'resume', 'hangup']);
    expect(over.state).toMatchObject({ phase: 'ended', reason: 'cancelled', unconfirmed: undefined });
  });

  it('says again that it is over to a server for which it goes on, until that has heard it', () => {
    const resumed: CallNotice = { type: 'resumed', phase: 'answered' };
    const over = play(newCall('starting', start), ...outgoing, { type: 'hangup' }, resumed, ended, resumed);
    expect(over.said).toEqual(['invite', 'hangup', 'hangup']);
  });

  it('makes its offer again when the answer had none, because it got lost', () => {
    const { state, effects } = play(newCall('starting', start), ...outgoing, {
      type: 'answered',
      video: false,
      ticket: 'second',
    });
    expect(state.phase).toBe('connecting');
    expect(effects).toEqual(['repeat']);
  });

  it('comes to its end by itself when the server does not answer', () => {
    expect(play(newCall('starting', start), { type: 'invite', opening: invite }, 30_000).state.reason).toBe(
      'networkError',
    );
    expect(play(newCall('starting', start), ...outgoing, 65_000).state.reason).toBe('noAnswer');
    expect(play(newCall('starting', start), ...outgoing, answered, 35_000).state.reason).toBe('networkError');
  });

  it('remembers until it is answered that the two will not reach each other, and asks for the media server then', () => {
    const unreachable: CallInput = { type: 'unreachable', failure: 'networkBlocked' };
    const { state, said } = play(newCall('starting', start), unreachable, ...outgoing, answered);
    expect(state).toMatchObject({ phase: 'connecting', relay: 'wanted' });
    expect(said).toEqual(['invite', 'relay']);
    expect(play(state, { type: 'online' }).said).toEqual(['resume', 'relay']);
    expect(play(state, { type: 'noRelay' }).state.reason).toBe('networkBlocked');
    const relay: CallNotice = { type: 'relay', session: 'room' };
    expect(play(state, relay, unreachable, { type: 'noRelay' }, relay, up)).toMatchObject({
      state: { phase: 'connected', session: 'room' },
      said: ['connected'],
      effects: ['relay', 'relay'],
    });
    expect(play(state, relay, 35_000).state.reason).toBe('networkError');
    // They reach each other after all: nothing of it is left.
    expect(play(state, up, { type: 'online' }).said).toEqual(['connected', 'resume']);
    expect(play(state, up, { type: 'noRelay' }).state.phase).toBe('connected');
  });

  it('gives up a minute after the media was lost, and not earlier', () => {
    const { state, said } = play(newCall('starting', start), ...outgoing, answered, up, down, 59_000);
    expect(state.phase).toBe('reconnecting');
    expect(said.at(-1)).toBe('alive');
    expect(play(state, 60_000)).toMatchObject({ state: { reason: 'networkError' }, said: ['hangup'] });
  });
});

describe('a call of somebody else', () => {
  const incoming: CallNotice = { type: 'incoming', from: 'bob', name: 'Bob', video: false, ms: 60_000 };

  it('is said to ring, also when it is told of twice, and with another call to wait', () => {
    expect(play(newCall('incoming', start), incoming, incoming).said).toEqual(['ringing', 'ringing']);
    const second = nextCall(
      newCall('incoming', start, { isSecond: true }),
      { type: 'notice', notice: incoming },
      start,
    );
    expect(second.effects).toEqual([{ type: 'send', event: { type: 'ringing', waiting: true } }]);
  });

  it('tells the server that it is there also when the media is faster than the word of the server', () => {
    const taken: CallInput = { type: 'answer', opening: answer };
    const accepted: CallNotice = { type: 'accepted', ticket: 'mine' };
    const { state, said } = play(newCall('incoming', start), incoming, taken, up, accepted, 20_000, 20_000);
    expect(state).toMatchObject({ phase: 'connected', ticket: 'mine' });
    expect(said).toEqual(['ringing', 'answer', 'connected', 'alive', 'alive']);
  });

  it('is answered again when the server asks again', () => {
    const taken: CallInput = { type: 'answer', opening: answer };
    const { state, said } = play(newCall('incoming', start), incoming, taken, incoming, { type: 'online' });
    expect(said).toEqual(['ringing', 'answer', 'answer', 'answer']);
    expect(play(state, { type: 'accepted', ticket: 'mine' }, up).said).toEqual(['connected']);
  });

  it('is over here when another page of the same device takes it', () => {
    const { state, said } = play(newCall('incoming', start), incoming, { type: 'accepted', ticket: 'other' });
    expect(state).toMatchObject({ phase: 'ended', reason: 'answeredElsewhere' });
    expect(said).toEqual(['ringing']);
  });

  it('is declined by hanging up, and missed when nobody does anything', () => {
    expect(play(newCall('incoming', start), incoming, { type: 'hangup' })).toMatchObject({
      state: { reason: 'declined' },
      said: ['ringing', 'decline'],
      effects: ['release'],
    });
    expect(play(newCall('incoming', start), incoming, 65_000)).toMatchObject({
      state: { reason: 'noAnswer' },
      said: ['ringing'],
    });
  });
});

it('a call that loading the page anew has interrupted is ended unless it is taken up', () => {
  const interrupted = newCall('interrupted', start, { ticket: 'mine', hasConnected: true });
  expect(play(interrupted, { type: 'online' }, 30_000)).toMatchObject({
    state: { reason: 'hangup' },
    said: ['resume', 'hangup'],
  });
  expect(play(interrupted, { type: 'resume' }, up).state.phase).toBe('connected');
});

const notice: fc.Arbitrary<CallNotice> = fc.constantFrom<CallNotice>(
  calling,
  { type: 'incoming', from: 'bob', name: 'Bob', video: false, ms: 60_000 },
  { type: 'ringing' },
  { type: 'ringing', waiting: true },
  { type: 'waking' },
  answered,
  { type: 'accepted', ticket: 'third' },
  { type: 'resumed', phase: 'answered' },
  { type: 'peerResumed' },
  { type: 'relay', session: 'room' },
  { type: 'noRelay' },
  ended,
);
const input: fc.Arbitrary<CallInput> = fc.oneof(
  notice.map((each) => ({ type: 'notice' as const, notice: each })),
  fc.constantFrom<CallInput>(
    { type: 'invite', opening: invite },
    { type: 'answer', opening: answer },
    { type: 'hangup' },
    { type: 'hangup', reason: 'mediaError' },
    { type: 'resume' },
    { type: 'online' },
    up,
    down,
    { type: 'unreachable' },
    { type: 'unreachable', failure: 'networkBlocked' },
    { type: 'time' },
  ),
);

test('whatever happens, a call ends at most once, releases its devices then, and stays ended', () => {
  const first = fc.constantFrom('starting' as const, 'incoming' as const, 'interrupted' as const);
  const steps = fc.array(fc.tuple(input, fc.nat({ max: 20_000 })), { maxLength: 30 });
  fc.assert(
    fc.property(first, steps, (phase, inputs) => {
      let state = newCall(phase, start);
      let now = start;
      let released = 0;
      for (const [each, ms] of inputs) {
        now += ms;
        const before = state;
        const step = nextCall(state, each, now);
        state = step.state;
        released += step.effects.filter(({ type }) => type === 'release').length;
        if (before.phase === 'ended') expect(state).toMatchObject({ phase: 'ended', reason: before.reason });
      }
      expect(released).toBe(state.phase === 'ended' ? 1 : 0);
    }),
    { numRuns: 500 },
  );
});

test('left alone, every call that was told of and is not connected comes to its end, and asks for nothing more', () => {
  fc.assert(
    fc.property(fc.array(input, { maxLength: 20 }), (inputs) => {
      let state = nextCall(newCall('starting', start), { type: 'invite', opening: invite }, start).state;
      for (const each of inputs) state = nextCall(state, each, start).state;
      fc.pre(state.phase !== 'connected');
      for (let steps = 0; nextDue(state) !== Number.POSITIVE_INFINITY; steps++) {
        expect(steps).toBeLessThan(20);
        state = nextCall(state, { type: 'time' }, nextDue(state)).state;
      }
      expect(state.phase).toBe('ended');
    }),
  );
});
