/**
 * A real PostgreSQL for tests. Apart from the rest of the testkit, so that it can be had without server and browser.
 * @module
 */
export { startPostgres, type TestPostgres } from './test-postgres.ts';
