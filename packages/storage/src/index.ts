/**
 * What Stoa keeps: the {@link Store} interface and its SQLite implementation.
 * @module
 */
export { StoreOpenError, type StoreOpenReason } from './open-error.ts';
export { openSqliteStore, type SqliteStoreOptions } from './sqlite/open-sqlite-store.ts';
export * from './store.ts';
