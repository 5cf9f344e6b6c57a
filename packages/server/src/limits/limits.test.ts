import { expect, it } from 'vitest';
import { type LimitSettings, Limits } from './limits.ts';

function limits(settings: Partial<LimitSettings> = {}) {
  return new Limits(
    {
      trustedProxies: [],
      messagesPerSecond: 2,
      connectionsPerAddress: 2,
      callsPerMinute: 2,
      callInvitesPerMinute: 2,
      limitLoopback: false,
      requestBytes: 1_000_000,
      ...settings,
    },
    () => 0,
  );
}

function clientAt(address: string, of = limits()) {
  return of.clientOf({ socket: { remoteAddress: address }, headers: {} });
}

const stranger = clientAt('203.0.113.9');
const neighbour = clientAt('203.0.113.10');
const local = clientAt('127.0.0.1');

it('counts connections by address until they end', () => {
  const node = limits();
  const first = node.admitConnection(stranger);
  expect(node.admitConnection(stranger)).toBeDefined();
  expect(node.admitConnection(stranger)).toBeUndefined();
  expect(node.admitConnection(neighbour)).toBeDefined();
  first?.();
  first?.();
  expect(node.admitConnection(stranger)).toBeDefined();
  expect(node.admitConnection(stranger)).toBeUndefined();
});

it('limits back-end calls by address and messages by user', () => {
  const node = limits();
  expect([1, 2, 3].map(() => node.callDelay(stranger))).toEqual([0, 0, 30_000]);
  expect(node.callDelay(neighbour)).toBe(0);
  expect([1, 2, 3].map(() => node.messageDelay(7))).toEqual([0, 0, 500]);
  expect(node.messageDelay(8)).toBe(0);
});

it('limits how often a user calls others, and how much is said about it', () => {
  const node = limits();
  expect([1, 2, 3].map(() => node.inviteDelay(7, stranger))).toEqual([0, 0, 30_000]);
  expect(node.inviteDelay(8, stranger)).toBe(0);
  for (let i = 0; i < 300; i++) expect(node.signalDelay(7, stranger)).toBe(0);
  expect(node.signalDelay(7, stranger)).toBe(100);
  expect(node.signalDelay(8, stranger)).toBe(0);
});

it('has room for some bodies of the largest size', () => {
  const node = limits({ requestBytes: 64_000_000 });
  const admitted = Array.from({ length: 9 }, () => node.admitBody(stranger, 64_000_000) !== undefined);
  expect(admitted).toEqual([...Array(8).fill(true), false]);
});

it('does not limit clients on this machine, unless it is told to', () => {
  const free = limits();
  for (let i = 0; i < 10; i++) {
    expect(free.callDelay(local)).toBe(0);
    expect(free.messageDelay(1, local)).toBe(0);
    expect(free.inviteDelay(1, local)).toBe(0);
    expect(free.signalDelay(1, local)).toBe(0);
    expect(free.admitConnection(local)).toBeDefined();
  }
  const strict = limits({ limitLoopback: true });
  expect([1, 2, 3].map(() => strict.callDelay(local) > 0)).toEqual([false, false, true]);
});

it('has no limit where the setting is 0', () => {
  const free = limits({ messagesPerSecond: 0, connectionsPerAddress: 0, callsPerMinute: 0 });
  for (let i = 0; i < 10; i++) {
    expect(free.callDelay(stranger)).toBe(0);
    expect(free.messageDelay(1)).toBe(0);
    expect(free.admitConnection(stranger)).toBeDefined();
  }
});

it('slows down the guessing of passwords', () => {
  const node = limits();
  for (let i = 0; i < 10; i++) {
    expect(node.passwordDelay(stranger)).toBe(0);
    node.wrongPassword(stranger);
  }
  expect(node.passwordDelay(stranger)).toBe(6_000);
  expect(node.passwordDelay(neighbour)).toBe(0);
});
