import { DatabaseError } from 'pg';
import { StoreOpenError } from '../open-error.ts';
import { messageOf } from './postgres-errors.ts';

/** Server, user and database, as `pg` understands the address, without the password. */
export interface Place {
  readonly server: string;
  readonly user: string;
  readonly database: string;
}

/** Why the store cannot be opened, in one line that says what to do. */
export function toOpenError(error: unknown, { server, user, database }: Place): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const unusable = (message: string): StoreOpenError => new StoreOpenError('unusable', message, { cause });
  if (!(cause instanceof DatabaseError)) {
    return new StoreOpenError(
      'unreachable',
      `The database server at ${server} cannot be reached: ${messageOf(cause)}. ` +
        'Check that it runs and that STOA_DATABASE_URL names it.',
      { cause },
    );
  }
  const reason = messageOf(cause);
  switch (cause.code) {
    case '28P01':
    case '28000':
      return unusable(
        `The database server at ${server} does not let "${user}" in: ${reason}. ` +
          'Check user and password in STOA_DATABASE_URL.',
      );
    case '3D000':
      return unusable(
        `The database server at ${server} has no database "${database}". Create it: createdb --owner=${user} ${database}`,
      );
    case '42501':
      return unusable(
        `The user "${user}" may not make tables in the database "${database}" at ${server}: ${reason}. ` +
          `Make it the owner: alter database ${database} owner to ${user}`,
      );
    default:
      return unusable(`The database "${database}" at ${server} cannot be used: ${reason}.`);
  }
}
