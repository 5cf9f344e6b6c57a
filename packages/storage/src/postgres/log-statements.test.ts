import { describe, expect, it } from 'vitest';
import { newMessage, now } from '../contract/store-under-test.ts';
import { LogChanges, type Member, memberName } from './log-changes.ts';
import { changeStatements } from './log-statements.ts';

const conversation = { kind: 'pair', aid: 1, a: 1, b: 2 } as const;

/** The statements that end a batch with so many operations of every kind, in so many conversations. */
function statementsFor(count: number): string[] {
  const convs = Array.from({ length: count }, (_, index) => index + 1);
  const members = convs.map((conv): [string, Member] => [
    memberName(2, conv),
    { uid: 2, conv, delivered: 0, deliveredAt: 0, read: 0, readAt: 0, seen: 0 },
  ]);
  const changes = new LogChanges({
    heads: new Map(
      convs.map((conv) => [conv, { conv, last: 5, lastAt: now, notes: false, turns: undefined, epoch: 0 }]),
    ),
    members: new Map(members),
    aging: new Set(convs),
    takers: new Map(),
    readers: new Map(),
    sends: new Map(),
    mids: Array.from({ length: 4 * count }, (_, index) => index + 1),
  });
  for (const conv of convs) {
    const append = (fields: Partial<Parameters<typeof newMessage>[0]>) =>
      changes.append(newMessage({ conversation, sender: 1, ...fields }), conv);
    append({ expiresAt: now + 1 });
    append({ age: { seconds: 5, from: 'read' } });
    append({ change: { event: 'edit', target: 2 } });
    append({ change: { event: 'recall', target: 3 } });
    changes.advance({ conv, uid: 2, dev: 7, kind: 'received', seq: 6, now });
    changes.advance({ conv, uid: 2, dev: 7, kind: 'read', seq: 6, now });
  }
  return changeStatements(changes).map(({ sql }) => sql);
}

describe('the statements of a batch', () => {
  it('are as many for a thousand operations of every kind as for one', () => {
    const one = statementsFor(1);
    expect(one.length).toBeLessThan(15);
    expect(statementsFor(1000)).toEqual(one);
  });

  it('are none when there is nothing to change', () => {
    const none = {
      heads: new Map(),
      members: new Map(),
      aging: new Set<number>(),
      takers: new Map(),
      readers: new Map(),
      sends: new Map(),
      mids: [],
    };
    expect(changeStatements(new LogChanges(none))).toEqual([]);
  });
});
