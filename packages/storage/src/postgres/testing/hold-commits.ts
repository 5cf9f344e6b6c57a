import { Client } from 'pg';

/** Makes every commit that has updated such a row wait until it is released. */
export async function holdCommits(
  url: string,
  table: 'conversations' | 'apps' | 'scheduled',
  condition: string,
): Promise<{ release(): Promise<void> }> {
  const holder = new Client({ connectionString: url });
  await holder.connect();
  await holder.query(`
    create function wait_for_test() returns trigger language plpgsql as
      'begin perform pg_advisory_xact_lock(1, 1); return null; end';
    create constraint trigger wait_for_test after update on ${table} deferrable initially deferred
      for each row when (${condition}) execute function wait_for_test()`);
  await holder.query('select pg_advisory_lock(1, 1)');
  return {
    async release() {
      await holder.query('select pg_advisory_unlock(1, 1)');
      await holder.query(`drop trigger wait_for_test on ${table}; drop function wait_for_test`);
      await holder.end();
    },
  };
}
