import { expect, it } from 'vitest';
import { ofEncoder } from './encoders.ts';
import { emptyRoom, reduce } from './reduce.ts';
import { keyOf, type RoomInput, type RoomState } from './room-state.ts';
import { openRules } from './testing/open-rules.ts';

const facts = { aid: 1, gid: 1000, conv: 1, session: 's', startedAt: 0 };
const key = keyOf(7, 2 ** 31);
const person = { uid: 7, address: 'alice', name: 'Alice' };

/** The room after an encoder has joined at 0, and this has happened at these times. */
function play(...inputs: readonly (readonly [at: number, input: RoomInput | undefined])[]): RoomState {
  const rights = new Set(['publish', 'subscribe', 'list', 'control'] as const);
  const join: RoomInput = { type: 'join', joiner: { ...person, dev: 2 ** 31, rights, as: 'whip' } };
  return [[0, join] as const, ...inputs].reduce(
    (state, [now, input]) => (input === undefined ? state : reduce(state, input, { now }).state),
    emptyRoom(facts, openRules),
  );
}

const media = (state: 'connecting' | 'connected' | 'disconnected' | 'closed') =>
  ofEncoder({ key, as: 'whip' }, { state });
const tick: RoomInput = { type: 'tick' };

it('is away until its media comes, and ends when that does not', () => {
  expect(play().participants.get(key)).toMatchObject({ awayUntil: 30_000 });
  expect(play([29_999, tick]).participants.has(key)).toBe(true);
  expect(play([30_000, tick]).participants.has(key)).toBe(false);
});

it('stays without saying anything while its media comes', () => {
  const room = play([1_000, media('connecting')], [2_000, media('connected')], [3_600_000, tick]);
  expect(room.participants.get(key)).toMatchObject({ awayUntil: undefined });
});

it('is waited for when its media is gone, and ends with its connection', () => {
  const lost = [[2_000, media('connected')] as const, [5_000, media('disconnected')] as const];
  expect(play(...lost).participants.get(key)).toMatchObject({ awayUntil: 25_000 });
  expect(play(...lost, [6_000, media('connected')], [60_000, tick]).participants.has(key)).toBe(true);
  expect(play(...lost, [25_000, tick]).participants.has(key)).toBe(false);
  expect(play(...lost, [6_000, media('closed')]).participants.has(key)).toBe(false);
});

it('only publishes, whatever its user may, and goes when he may not', () => {
  expect([...(play().participants.get(key)?.rights ?? [])]).toEqual(['publish']);
  const rights = new Map([[key, new Set(['subscribe', 'control'] as const)]]);
  expect(play([1_000, { type: 'rights', rules: openRules, rights }]).participants.has(key)).toBe(false);
  const joiner = { ...person, dev: 5, rights: new Set(['subscribe'] as const), as: 'whip' } as const;
  expect(() => reduce(emptyRoom(facts, openRules), { type: 'join', joiner }, { now: 0 })).toThrow(
    expect.objectContaining({ code: 'PERMISSION_DENIED' }),
  );
});

it('has a player watch only, and does not last for players alone', () => {
  const rights = new Set(['publish', 'subscribe', 'list'] as const);
  const plays = { user: undefined, sid: undefined, audio: 1, video: 1 };
  const player: RoomInput = { type: 'join', joiner: { ...person, dev: 5, rights, as: 'whep', plays } };
  const connected: RoomInput = { type: 'alive', key: keyOf(7, 5) };
  const leave: RoomInput = { type: 'leave', key, reason: 'left' };
  const begun = [
    [1_000, player],
    [2_000, connected],
    [3_000, tick],
  ] as const;
  expect([...(play(...begun).participants.get(keyOf(7, 5))?.rights ?? [])]).toEqual(['subscribe']);
  const alone = [...begun, [10_000, leave], [11_000, tick], [30_999, tick]] as const;
  expect(play(...alone).participants.size).toBe(1);
  expect(play(...alone, [31_000, tick]).participants.size).toBe(0);
  // Somebody came in time.
  const join: RoomInput = { type: 'join', joiner: { ...person, uid: 8, dev: 1, rights } };
  expect(play(...alone, [30_999, join], [31_000, tick], [32_000, tick]).participants.size).toBe(2);
});

it('leaves devices that signal to what they say', () => {
  expect(ofEncoder({ key, as: undefined }, { state: 'closed' })).toBeUndefined();
  expect(ofEncoder(undefined, { state: 'closed' })).toBeUndefined();
});
