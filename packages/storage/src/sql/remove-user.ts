import type { CompiledQuery, Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Deletes what a removed user has no use for any more. */
export function removeUser(query: Kysely<Tables>, uid: number): CompiledQuery[] {
  return [
    query.deleteFrom('tokens').where('uid', '=', uid).compile(),
    query.deleteFrom('push_registrations').where('uid', '=', uid).compile(),
    query.deleteFrom('profiles').where('uid', '=', uid).compile(),
    query.deleteFrom('devices').where('uid', '=', uid).compile(),
    query.deleteFrom('user_values').where('uid', '=', uid).compile(),
    query.deleteFrom('scheduled').where('sender', '=', uid).compile(),
  ];
}
