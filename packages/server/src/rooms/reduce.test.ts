import type { RoomParticipant, RoomRight } from '@stoa/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOverseer } from './people.ts';
import { emptyRoom, reduce } from './reduce.ts';
import {
  type ControlCommand,
  keyOf,
  type Publication,
  type Rights,
  type RoomInput,
  type RoomState,
  type RoomStep,
} from './room-state.ts';
import { openRules } from './testing/open-rules.ts';
import { roomInfo } from './view.ts';

const rules = { ...openRules, participants: 5, codecs: ['opus', 'VP8'] };
const facts = { aid: 1, gid: 1000, conv: 7, session: 'abc', startedAt: 0 };
const allRights: readonly RoomRight[] = ['publish', 'subscribe', 'list', 'control', 'hangup'];
const guest: readonly RoomRight[] = ['publish', 'subscribe', 'list'];
const key = (uid: number): string => keyOf(uid, 1);

function joins(uid: number, rights: readonly RoomRight[]): RoomInput {
  return {
    type: 'join',
    joiner: { uid, dev: 1, address: `user-${uid}`, name: '', rights: new Set(rights) },
  };
}

function camera(sid = 0): Publication {
  const half = (mid: string) => ({ mid, state: 'on' as const });
  return { sid, source: 'camera', name: undefined, audio: half('0'), video: half('1') };
}

function run(inputs: readonly RoomInput[], now = 0, from = emptyRoom(facts, rules)): RoomStep {
  let last: RoomStep = { state: from, effects: [] };
  for (const input of inputs) last = reduce(last.state, input, { now });
  return last;
}

const leaves = (uid: number): RoomInput => ({ type: 'leave', key: key(uid), reason: 'left' });
const publishes = (uid: number): RoomInput => ({ type: 'published', key: key(uid), streams: [camera()] });
const controls = (uid: number, command: ControlCommand): RoomInput => ({
  type: 'control',
  key: key(uid),
  command,
});
const mutesAll: ControlCommand = {
  action: 'mute',
  who: undefined,
  on: true,
  audio: true,
  video: false,
  lock: true,
};
const stream = (state: RoomState, uid: number) => state.participants.get(key(uid))?.streams[0];

describe('a room', () => {
  it('keeps what a device has while it is lost, and lets it go after the grace time', () => {
    const { state } = run([joins(1, guest), joins(2, guest), publishes(1), { type: 'lost', key: key(1) }]);
    expect(roomInfo(state, new Set(allRights)).participants[0]).toMatchObject({ away: true });
    const back = run([joins(1, guest)], 19_000, state).state;
    expect(stream(back, 1)).toEqual(camera());
    expect(run([{ type: 'tick' }], 21_000, back).state.participants.size).toBe(2);
    expect([...run([{ type: 'tick' }], 20_000, state).state.participants.keys()]).toEqual([key(2)]);
  });

  it('lets users stay only as long as their app lets them', () => {
    const limited = joins(1, guest) as Extract<RoomInput, { type: 'join' }>;
    const joiner = { ...limited.joiner, limits: { longest: 20_000 } };
    const { state } = run([{ type: 'join', joiner }, joins(2, guest)]);
    const alive = run(
      [1, 2].map((uid) => ({ type: 'alive', key: key(uid) })),
      19_000,
      state,
    ).state;
    const keysAt = (now: number, from = alive) => [
      ...run([{ type: 'tick' }], now, from).state.participants.keys(),
    ];
    expect([keysAt(19_999), keysAt(20_000)]).toEqual([[key(1), key(2)], [key(2)]]);
    const changed = (longest?: number) => {
      const rights = new Map([1, 2].map((uid) => [key(uid), new Set(guest)]));
      return run(
        [{ type: 'rights', rules, rights, limits: new Map([[key(1), { longest }]]) }],
        19_000,
        alive,
      );
    };
    expect([keysAt(20_000, changed().state), keysAt(19_000, changed(10_000).state)]).toEqual([
      [key(1), key(2)],
      [key(2)],
    ]);
  });

  it('lets devices go that say nothing for long', () => {
    const { state } = run([joins(1, guest), joins(2, guest)]);
    const alive = run([{ type: 'alive', key: key(2) }], 20_000, state).state;
    const silent = run([{ type: 'tick' }], 25_000, alive).state;
    expect(silent.participants.get(key(1))?.awayUntil).toBe(45_000);
    expect(
      run([{ type: 'alive', key: key(1) }], 26_000, silent).state.participants.get(key(1))?.awayUntil,
    ).toBe(undefined);
    expect([...run([{ type: 'tick' }], 44_000, silent).state.participants.keys()]).toEqual([key(1), key(2)]);
    expect([...run([{ type: 'tick' }], 45_000, silent).state.participants.keys()]).toEqual([key(2)]);
  });

  it('takes no more participants than its rules say', () => {
    const full = run([1, 2, 3, 4, 5].map((uid) => joins(uid, guest))).state;
    expect(() => run([joins(6, guest)], 0, full)).toThrow(/as many as there may be/);
    expect(run([joins(5, guest)], 0, full).state.participants.size).toBe(5);
  });

  it('ends when its time is over', () => {
    const limited = emptyRoom(facts, { ...rules, longest: 60_000 });
    const { state } = run([joins(1, guest)], 0, limited);
    const alive = run([{ type: 'alive', key: key(1) }], 50_000, state).state;
    expect(run([{ type: 'tick' }], 59_999, alive).state.participants.size).toBe(1);
    const { state: over, effects } = run([{ type: 'tick' }], 60_000, alive);
    expect(over.participants.size).toBe(0);
    expect(effects).toContainEqual({
      type: 'tell',
      to: [{ uid: 1, dev: 1 }],
      notice: { type: 'ended', reason: 'duration' },
    });
  });

  it('stops what somebody publishes when the right is taken away', () => {
    const { state } = run([joins(1, guest), joins(2, guest), publishes(1)]);
    const rights = new Map<string, Rights>([
      [key(1), new Set(['subscribe', 'list'])],
      [key(2), new Set(guest)],
    ]);
    const { state: after, effects } = run([{ type: 'rights', rules, rights }], 0, state);
    expect(stream(after, 1)).toBeUndefined();
    expect(effects).toContainEqual({ type: 'permit', key: key(1) });
    expect(effects).toContainEqual({ type: 'unpublish', key: key(1) });
    expect(effects).toContainEqual({
      type: 'tell',
      to: [{ uid: 1, dev: 1 }],
      notice: { type: 'rights', may: ['subscribe', 'list'] },
    });
  });

  it('lets only who controls it end a lock, and turns on nobody for others', () => {
    const { state } = run([joins(1, allRights), joins(2, guest), publishes(2), controls(1, mutesAll)]);
    expect(stream(state, 2)?.audio?.state).toBe('locked');
    const unmutes: RoomInput = { type: 'mute', key: key(2), sid: 0, audio: false, video: undefined };
    expect(() => run([unmutes], 0, state)).toThrow(/Only who controls/);
    expect(stream(run([publishes(2)], 0, state).state, 2)?.audio?.state).toBe('locked');
    // Nor by publishing something else meanwhile, or by leaving.
    const nothing: RoomInput = { type: 'published', key: key(2), streams: [] };
    const other: RoomInput = { type: 'published', key: key(2), streams: [camera(3)] };
    for (const way of [[nothing, publishes(2)], [other], [leaves(2), joins(2, guest), publishes(2)]]) {
      const again = stream(run(way, 0, state).state, 2);
      expect([again?.audio?.state, again?.video?.state]).toEqual(['locked', 'on']);
    }
    const { state: freed, effects } = run([controls(1, { ...mutesAll, on: false })], 0, state);
    expect(stream(freed, 2)?.audio?.state).toBe('muted');
    expect(effects).toContainEqual(
      expect.objectContaining({
        notice: { type: 'ask', by: 'user-1', ask: { what: 'unmute', audio: true, video: false } },
      }),
    );
    expect(stream(run([unmutes], 0, freed).state, 2)?.audio?.state).toBe('on');
    expect(stream(run([nothing, publishes(2)], 0, freed).state, 2)?.audio?.state).toBe('on');
  });

  it('is controlled by nobody without the right', () => {
    const { state } = run([joins(1, guest), joins(2, allRights)]);
    expect(() => run([controls(1, mutesAll)], 0, state)).toThrow(/lacks "control"/);
    expect(() => run([controls(1, { action: 'hangup', who: undefined })], 0, state)).toThrow(
      /lacks "hangup"/,
    );
  });

  it('shows who may only watch none but those who publish', () => {
    const { state } = run([joins(1, guest), joins(2, guest), joins(3, ['subscribe']), publishes(1)]);
    const viewer = state.participants.get(key(3));
    const seen = viewer === undefined ? [] : roomInfo(state, viewer).participants;
    expect(seen.map(({ user }) => user)).toEqual(['user-1', 'user-3']);
  });
});

it('costs the same for each of a large audience: of two thousand, who comes is told to one, and sees one', () => {
  const large = emptyRoom(facts, { ...rules, participants: 3_000 });
  let { state } = run([joins(1, allRights), publishes(1)], 0, large);
  for (let uid = 2; uid <= 2_001; uid += 1) {
    const step = reduce(state, joins(uid, ['subscribe']), { now: 0 });
    state = step.state;
    const told = step.effects.flatMap((effect) => (effect.type === 'tell' ? effect.to : []));
    expect(told.map((each) => each.uid)).toEqual([1, uid]);
    const own = state.participants.get(key(uid));
    const seen = own === undefined ? undefined : roomInfo(state, own);
    expect(seen).toMatchObject({ count: uid, participants: [{ user: 'user-1' }, { user: `user-${uid}` }] });
  }
  const counts = (step: RoomStep) =>
    step.effects.flatMap((effect) => (effect.type === 'tell' ? [[effect.notice, effect.to.length]] : []));
  const told = reduce(state, { type: 'tick' }, { now: 2_001 });
  expect(counts(told)).toEqual([[{ type: 'count', count: 2_001 }, 2_000]]);
  // All that happens in the next seconds is told at once.
  const fewer = run(
    [1_999, 2_000, 2_001].map((uid) => leaves(uid)),
    2_500,
    told.state,
  );
  expect(counts(run([{ type: 'tick' }], 3_500, fewer.state))).toEqual([]);
  expect(counts(run([{ type: 'tick' }], 4_500, fewer.state))).toEqual([
    [{ type: 'count', count: 1_998 }, 1_997],
  ]);
});

it('tells each device, whatever happens, how the room looks to it, and allows nothing without rights', () => {
  fc.assert(
    fc.property(fc.array(inputs(), { maxLength: 40 }), (steps) => {
      let state = emptyRoom(facts, rules);
      const models = new Map<string, Model>();
      for (const [index, input] of steps.entries()) {
        let step: RoomStep;
        try {
          step = reduce(state, input, { now: index * 1_000 });
        } catch {
          continue;
        }
        for (const effect of step.effects) if (effect.type === 'tell') hear(models, effect);
        state = step.state;
        if (input.type === 'join') follow(models, state, keyOf(input.joiner.uid, input.joiner.dev));
        for (const participant of state.participants.values()) {
          const model = models.get(participant.key);
          const { rev, participants } = roomInfo(state, participant);
          expect(model?.rev).toBe(rev);
          expect(model?.people).toEqual(new Map(participants.map((each) => [each.user, each])));
          if (input.type === 'tick' && !isOverseer(participant))
            expect(model?.count).toBe(state.participants.size);
          if (!participant.rights.has('publish')) expect(participant.streams).toEqual([]);
          if (!participant.rights.has('subscribe')) expect(participant.wishes).toBeUndefined();
        }
      }
    }),
    { numRuns: 300 },
  );
});

/** What a device believes by the rules of the protocol. */
interface Model {
  people: Map<string, RoomParticipant>;
  rev: number;
  count: number;
}

function hear(
  models: Map<string, Model>,
  { to, notice }: Extract<RoomStep['effects'][number], { type: 'tell' }>,
) {
  for (const { uid, dev } of to) {
    const model = models.get(keyOf(uid, dev));
    if (model === undefined) continue;
    if (notice.type === 'ended') models.delete(keyOf(uid, dev));
    if (notice.type === 'participant') model.people.set(notice.participant.user, notice.participant);
    if (notice.type === 'count') model.count = notice.count;
    if (notice.type === 'left') model.people.delete(notice.user);
    if (notice.type === 'participant' || notice.type === 'left') model.rev = notice.rev;
  }
}

/** The answer to rooms.join. */
function follow(models: Map<string, Model>, state: RoomState, of: string): void {
  const own = state.participants.get(of);
  if (own === undefined) return;
  const { rev, count, participants } = roomInfo(state, own);
  models.set(of, { rev, count, people: new Map(participants.map((each) => [each.user, each])) });
}

function inputs(): fc.Arbitrary<RoomInput> {
  const uids = fc.integer({ min: 1, max: 4 });
  const rights = fc.subarray([...allRights]);
  const flags = fc.boolean();
  const who = fc.option(
    uids.map((uid) => [{ user: `user-${uid}` }]),
    { nil: undefined },
  );
  const muting = fc
    .record({ who, on: flags, audio: flags, video: flags, lock: flags })
    .map((command) => ({ ...command, action: 'mute' as const }));
  return fc.oneof(
    fc.tuple(uids, rights).map(([uid, has]) => joins(uid, has)),
    uids.map((uid): RoomInput => ({ type: 'leave', key: key(uid), reason: 'left' })),
    uids.map((uid): RoomInput => ({ type: 'lost', key: key(uid) })),
    uids.map((uid): RoomInput => ({ type: 'alive', key: key(uid) })),
    fc.constant<RoomInput>({ type: 'tick' }),
    fc
      .tuple(fc.array(rights, { minLength: 4, maxLength: 4 }), flags, flags)
      .map(([has, video, screen]): RoomInput => {
        const now = new Map(has.map((each, index) => [key(index + 1), new Set(each)] as const));
        return { type: 'rights', rules: { ...rules, video, screen }, rights: now };
      }),
    fc.tuple(uids, fc.subarray([0, 1, 2])).map(([uid, sids]): RoomInput => {
      return { type: 'published', key: key(uid), streams: sids.map(camera) };
    }),
    fc.tuple(uids, flags).map(([uid, others]): RoomInput => {
      return { type: 'watch', key: key(uid), wishes: { streams: [], others } };
    }),
    fc.tuple(uids, flags, flags).map(([uid, audio, video]): RoomInput => {
      return { type: 'mute', key: key(uid), sid: 0, audio, video };
    }),
    fc.tuple(uids, flags).map(([uid, raised]): RoomInput => ({ type: 'hand', key: key(uid), raised })),
    fc.tuple(uids, muting).map(([uid, command]) => controls(uid, command)),
    fc.tuple(uids, who).map(([uid, of]) => controls(uid, { action: 'hangup', who: of })),
  );
}
