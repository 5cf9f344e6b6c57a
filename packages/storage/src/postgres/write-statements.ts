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
