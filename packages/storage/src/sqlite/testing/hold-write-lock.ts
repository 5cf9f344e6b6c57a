import { DatabaseSync } from 'node:sqlite';

/** Makes every commit of a store wait until the returned function is called, as a very slow disk would. */
export function holdWriteLock(path: string): () => void {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  database.exec('begin immediate');
  return () => {
    database.exec('rollback');
    database.close();
  };
}
