import { openPostgresStore, openSqliteStore, type Store } from '@stoa/storage';
import type { DatabasePlace } from './settings/index.ts';

/** @throws StoreOpenError that says in one line what stands in the way. */
export function openStore(place: DatabasePlace): Promise<Store> {
  return place.kind === 'sqlite'
    ? openSqliteStore({ path: place.path })
    : openPostgresStore({ url: place.url });
}
