import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchEncoder, decodeOperation, type Operation } from './batch-request.ts';

const int = fc.maxSafeNat();
const conversation = fc.oneof(
  fc.record({ kind: fc.constant('pair' as const), aid: int, a: int, b: int }),
  fc.record({ kind: fc.constant('group' as const), aid: int, gid: int }),
);
const ordinaryKeys = [
  'conversation',
  'sender',
  'dev',
  'id',
  'ts',
  'type',
  'flags',
  'localId',
  'ref',
  'expiresAt',
  'content',
] as const;
const append = fc.record({
  kind: fc.constant('append' as const),
  message: fc.record(
    {
      conversation,
      sender: int,
      dev: int,
      id: fc.option(int),
      ts: int,
      type: int,
      flags: int,
      localId: int,
      ref: fc.option(int),
      expiresAt: int,
      content: fc.uint8Array({ maxLength: 3000 }),
      change: fc.record({ event: fc.constantFrom('edit' as const, 'recall' as const), target: int }),
      age: fc.record({ seconds: int, from: fc.constantFrom('sent' as const, 'read' as const) }),
    },
    { noNullPrototype: true, requiredKeys: [...ordinaryKeys] },
  ),
});
const advance = fc.record({
  kind: fc.constant('advance' as const),
  advance: fc.record({
    conv: int,
    uid: int,
    dev: int,
    kind: fc.constantFrom('received' as const, 'seen' as const, 'read' as const),
    seq: int,
    now: int,
  }),
});
const sql = fc.record({
  kind: fc.constant('sql' as const),
  statements: fc.array(fc.record({ sql: fc.string(), parameters: fc.array(fc.oneof(fc.string(), int)) })),
});

describe('a batch', () => {
  it('arrives in the other thread as it was sent, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(append, advance, sql), { maxLength: 40 }), (operations) => {
        const encoder = new BatchEncoder();
        const expected: Operation[] = operations.map((operation) => {
          if (operation.kind === 'append') encoder.append(operation.message);
          else if (operation.kind === 'advance') encoder.advance(operation.advance);
          else return { ...operation, place: encoder.sql(operation.statements) };
          return operation;
        });
        const { request, transfer } = encoder.finish();
        const received = structuredClone(request, { transfer });
        expect(received.count).toBe(operations.length);
        expect(operations.map((_, index) => decodeOperation(received, index))).toEqual(expected);
      }),
    );
  });
});
