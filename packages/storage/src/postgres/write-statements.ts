import type { SqlRow, SqlStatement } from '../sql/sql-statement.ts';
import type { Connections } from './connections.ts';
import { retryConflicts, transaction } from './transaction.ts';

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
    const runAll = (): Promise<SqlRow[][]> =>
      Promise.all(statements.map(({ sql, parameters }) => connection.rows<SqlRow>(sql, parameters)));
    // One statement is a transaction by itself.
    if (statements.length === 1) return retryConflicts(runAll);
    return transaction(connection, 'repeatable read', async () => runAll);
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
  return connections.use((connection) =>
    // Each statement sees what was committed before it, and so what was committed before the lock was had.
    transaction(connection, 'read committed', async () => async () => {
      const [, ...rows] = await Promise.all(
        [lock, ...statements].map(({ sql, parameters }) => connection.rows<SqlRow>(sql, parameters)),
      );
      return rows;
    }),
  );
}
