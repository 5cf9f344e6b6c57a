import { expect, it } from 'vitest';
import { emptyRoom, reduce } from './reduce.ts';
import { keyOf, type Publication, type RoomInput, type RoomState } from './room-state.ts';
import { onStage } from './stage.ts';
import { openRules } from './testing/open-rules.ts';

const facts = { aid: 1, gid: 1000, conv: 1, session: 's', startedAt: 0 };
const rights = new Set(['publish', 'subscribe', 'list'] as const);
const on = { mid: '0', state: 'on' } as const;
const camera: Publication = { sid: 0, source: 'camera', name: undefined, audio: on, video: on };
const screen: Publication = { sid: 1, source: 'screen', name: undefined, audio: undefined, video: on };
const [alice, bob, player] = [keyOf(1, 1), keyOf(2, 1), keyOf(3, 1)];

function join(uid: number, more: object = {}): RoomInput {
  return { type: 'join', joiner: { uid, dev: 1, address: `u${uid}`, name: '', rights, ...more } };
}

function play(...inputs: readonly RoomInput[]): RoomState {
  const plays = { user: undefined, sid: undefined, audio: 1, video: 1 };
  const all = [
    join(1),
    join(2),
    join(3, { as: 'whep', plays }),
    { type: 'published', key: alice, streams: [camera] },
    { type: 'published', key: bob, streams: [camera, screen] },
    ...inputs,
  ] as const;
  return all.reduce((state, input) => reduce(state, input, { now: 0 }).state, emptyRoom(facts, openRules));
}

const speaks = (key: string): RoomInput => ({
  type: 'speakers',
  speakers: [{ key, sid: 0 }],
  active: { key, sid: 0 },
});
const silence: RoomInput = { type: 'speakers', speakers: [], active: undefined };
const anybody = { user: undefined, sid: undefined, audio: 1, video: 1 };
const shown = (state: RoomState, wish: Parameters<typeof onStage>[1] = anybody) =>
  onStage(state, wish).map(({ key, sid, half }) => `${key} ${sid} ${half}`);

it('shows the first who publishes, then who talks or was the last to, with his screen before his camera', () => {
  expect(shown(play())).toEqual([`${alice} 0 audio`, `${alice} 0 video`]);
  expect(shown(play(speaks(bob), silence))).toEqual([`${bob} 0 audio`, `${bob} 1 video`]);
  const gone: RoomInput = { type: 'leave', key: bob, reason: 'left' };
  expect(shown(play(speaks(bob), gone))).toEqual([`${alice} 0 audio`, `${alice} 0 video`]);
});

it('fills as many m-lines as there are', () => {
  const wish = { ...anybody, audio: 2, video: 3 };
  expect(shown(play(speaks(bob)), wish)).toEqual([
    `${bob} 0 audio`,
    `${alice} 0 audio`,
    `${bob} 1 video`,
    `${bob} 0 video`,
    `${alice} 0 video`,
  ]);
});

it('keeps to the user and stream that are named', () => {
  expect(shown(play(speaks(alice)), { ...anybody, user: 'u2', sid: 0 })).toEqual([
    `${bob} 0 audio`,
    `${bob} 0 video`,
  ]);
  expect(shown(play(), { ...anybody, user: 'nobody' })).toEqual([]);
});

it('is looked at anew when somebody else has the floor, or who was shown has left', () => {
  const effects = (state: RoomState, input: RoomInput) =>
    reduce(state, input, { now: 0 }).effects.filter(({ type }) => type === 'watch');
  const watch = { type: 'watch', key: player };
  expect(effects(play(), speaks(bob))).toEqual([watch]);
  expect(effects(play(speaks(bob)), speaks(bob))).toEqual([]);
  expect(effects(play(speaks(bob)), silence)).toEqual([]);
  expect(effects(play(), { type: 'leave', key: alice, reason: 'left' })).toEqual([watch]);
  const lost: RoomInput = { type: 'lost', key: alice };
  expect(effects(play(), lost)).toEqual([watch]);
  expect(shown(play(lost))).toEqual([`${bob} 0 audio`, `${bob} 1 video`]);
});
