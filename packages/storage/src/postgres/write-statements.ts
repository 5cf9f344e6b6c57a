import type { EpochGuard } from '../sql/executor.ts';
import type { SqlRow, SqlStatement } from '../sql/sql-statement.ts';
import type { Connections } from './connections.ts';
import { takePosition } from './log-statements.ts';
import { retryConflicts, transaction } from './transaction.ts';

/** Of advisory locks: that of Stoa, and the one of them under which what goes in turn is written. */
const lockTurn: SqlStatement = { sql: 'select pg_advisory_xact_lock(1400139617, 3)', parameters: [] };

/**
 * Runs the statements in one transaction; resolves to the rows of each when it is committed and synced. All of them see
 * the data as it was at the beginning, and what they change themselves: when somebody else changes it meanwhile, they
 * are run again.
 */
export function writeStatements(
  connections: Connections,
  statements: readonly SqlStatement[],
): Promise<SqlRow[][]> {
  return connections.use((connection) => {
    // One statement is a transaction by itself.
    if (statements.length === 1) return retryConflicts(() => connection.all(statements));
    return transaction(connection, 'repeatable read', async () => ({ statements, result: (rows) => rows }));
  });
}

/**
 * Runs the statements in one transaction, one user's after the other: they begin when those before them are committed,
 * and see what they did.
 */
export function writeForUser(
  connections: Connections,
  uid: number,
  statements: readonly SqlStatement[],
): Promise<SqlRow[][]> {
  const lock = { sql: 'select uid from users where uid = $1 for no key update', parameters: [uid] };
  return writeUnder(connections, lock, statements);
}

/** The same, one after the other whomever they are for. The lock goes out together with the commit. */
export function writeInTurn(
  connections: Connections,
  statements: readonly SqlStatement[],
): Promise<SqlRow[][]> {
  return writeUnder(connections, lockTurn, statements);
}

function writeUnder(
  connections: Connections,
  lock: SqlStatement,
  statements: readonly SqlStatement[],
): Promise<SqlRow[][]> {
  return connections.use((connection) =>
    // Each statement sees what was committed before it, and so what was committed before the lock was had.
    transaction(connection, 'read committed', async () => ({
      statements: [lock, ...statements],
      result: ([, ...rows]) => rows,
    })),
  );
}

/** Runs the statements in one transaction, under a position that nobody else has; resolves to it. */
export function writeAtNewPosition(
  connections: Connections,
  statements: readonly SqlStatement[],
): Promise<number> {
  return connections.use((connection) =>
    // Each statement sees what was committed before it: the position that was taken after the lock was had.
    transaction(connection, 'read committed', async () => ({
      statements: [...takePosition, ...statements],
      result: ([, taken]) => Number(taken?.[0]?.position),
    })),
  );
}

/** See LogCommitter.change: as long as the conversation is locked, nobody appends to it. */
export function changeConversation(
  connections: Connections,
  { conv, epoch }: EpochGuard,
  statements: readonly SqlStatement[],
): Promise<{ epoch: number; last: number } | undefined> {
  return connections.use((connection) =>
    transaction(connection, 'read committed', async () => {
      const sql = 'select epoch, last from conversations where conv = $1 for no key update';
      const [found = []] = await connection.numbers(sql, [conv]);
      const [now, last = 0] = found;
      if (now !== epoch) return { statements: [], result: () => undefined };
      const raise = {
        sql: `update conversations set epoch = epoch + 1, position = (select position from log_state)
          where conv = $1`,
        parameters: [conv],
      };
      return {
        statements: [...statements, ...takePosition, raise],
        result: () => ({ epoch: epoch + 1, last }),
      };
    }),
  );
}
