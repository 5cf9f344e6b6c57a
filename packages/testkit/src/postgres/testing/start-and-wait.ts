/**
 * Starts a PostgreSQL, says on its output which processes and which folder that takes, and waits to be killed.
 * @module
 */
import { startPostgres } from '../index.ts';

const postgres = await startPostgres();
const [row] = await postgres.query(
  `select pg_read_file('postmaster.pid') as postmaster, current_setting('data_directory') as folder`,
);
const [postmaster = ''] = String(row?.postmaster).split('\n');
console.log(JSON.stringify({ postmaster: Number(postmaster), folder: row?.folder }));
setInterval(() => {}, 1000);
