import type { SqlRow, SqlStatement } from '../sql/sql-statement.ts';
import type { Connection } from './connections.ts';
import { isConflict } from './postgres-errors.ts';

/**
 * Attempts at a transaction that meets others. Each meeting lets one of them through; so many are needed only where
 * many nodes do the same thing at once.
 */
const attempts = 50;

export type Isolation = 'read committed' | 'repeatable read';

/** How a transaction ends: statements that go out together with the commit, and what their rows amount to. */
export interface Finish<T> {
  readonly statements: readonly SqlStatement[];
  result(rows: SqlRow[][]): T;
}

/**
 * Runs a transaction; when it meets another so that one of the two has to yield, it is run again. `work` resolves to
 * what finishes it, which goes out together with the commit.
 *
 * When the connection breaks during the commit, nobody knows whether it was made. It counts as refused: who repeats a
 * change must be able to bear that it was made before.
 */
export function transaction<T>(
  connection: Connection,
  isolation: Isolation,
  work: () => Promise<Finish<T>>,
): Promise<T> {
  return retryConflicts(() => runOnce(connection, isolation, work));
}

export async function retryConflicts<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === attempts || !isConflict(error)) throw error;
    }
  }
}

async function runOnce<T>(
  connection: Connection,
  isolation: Isolation,
  work: () => Promise<Finish<T>>,
): Promise<T> {
  const begun = connection.run(`begin isolation level ${isolation}`);
  // Awaited below, together with what was sent behind it.
  begun.catch(() => {});
  let finish: Finish<T>;
  try {
    finish = await work();
    await begun;
  } catch (error) {
    await connection.run('rollback').catch(() => {});
    throw error;
  }
  // After a statement that failed, the server takes the commit for a rollback.
  const [finished, committed] = await Promise.allSettled([
    connection.all(finish.statements),
    connection.run('commit'),
  ]);
  if (finished.status === 'rejected') throw finished.reason;
  if (committed.status === 'rejected') throw committed.reason;
  return finish.result(finished.value);
}
