/**
 * What Stoa keeps: the {@link Store} interface and its two implementations, SQLite and PostgreSQL.
 * @module
 */
export { StoreOpenError, type StoreOpenReason } from './open-error.ts';
export { openPostgresStore, type PostgresStoreOptions } from './postgres/open-postgres-store.ts';
export { openSqliteStore, type SqliteStoreOptions } from './sqlite/open-sqlite-store.ts';
export * from './store.ts';
