import { array, assert, constantFrom, property } from 'fast-check';
import { expect, it } from 'vitest';
import { Ledger } from './ledger.ts';

it('what the server confirmed is not lost, whatever breaks afterwards', () => {
  const ledger = new Ledger();
  ledger.published('user.1', 10);
  ledger.pinged();
  ledger.published('user.2', 5);
  expect(ledger.unconfirmedBytes).toBe(15);
  ledger.confirmed();
  expect(ledger.unconfirmedBytes).toBe(5);
  ledger.disconnected();
  expect(ledger.unconfirmedBytes).toBe(0);
  expect(ledger.takeLost()).toEqual(new Set(['user.2']));
  expect(ledger.hasLost).toBe(false);
});

it('too many lost subjects are all subjects', () => {
  const ledger = new Ledger(3);
  for (const subject of ['a', 'b', 'c', 'a']) ledger.lose(subject);
  expect(ledger.takeLost()).toEqual(new Set(['a', 'b', 'c']));
  for (const subject of ['a', 'b', 'c', 'd']) ledger.lose(subject);
  expect(ledger.takeLost()).toBe('all');
  expect(ledger.hasLost).toBe(false);
});

it('every subject of an event that was not confirmed is told as lost, and no other', () => {
  const step = constantFrom('publish', 'drop', 'ping', 'pong', 'break');
  assert(
    property(array(step, { maxLength: 60 }), (steps) => {
      const ledger = new Ledger();
      const sent: string[] = [];
      let confirmable = 0;
      const expected = new Set<string>();
      let pinging = false;
      for (const [index, what] of steps.entries()) {
        const subject = `s.${index}`;
        if (what === 'publish') {
          ledger.published(subject, 1);
          sent.push(subject);
        } else if (what === 'drop') {
          ledger.lose(subject);
          expected.add(subject);
        } else if (what === 'ping' && !pinging) {
          ledger.pinged();
          confirmable = sent.length;
          pinging = true;
        } else if (what === 'pong' && pinging) {
          ledger.confirmed();
          sent.splice(0, confirmable);
          pinging = false;
        } else if (what === 'break') {
          ledger.disconnected();
          for (const lost of sent.splice(0)) expected.add(lost);
          pinging = false;
        }
        expect(ledger.unconfirmedBytes).toBe(sent.length);
      }
      expect(ledger.takeLost()).toEqual(expected);
    }),
  );
});
