import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { OpeningDevice } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import { prepared } from './prepared.ts';
import type { Tables } from './tables.ts';

type Query = SqlDatabase['query'];

/** What the statements of a sign-in take. */
export interface SignInValues extends Pick<OpeningDevice, 'uid' | 'id' | 'agent' | 'now'> {
  readonly position: number | null;
  readonly tokenId: number | null;
  readonly run: string | null;
  readonly limit: number;
  readonly comparedPosition: number;
  readonly comparedToken: number;
  readonly comparedRun: string;
}

type Value = <Name extends keyof SignInValues>(name: Name) => Expression<SignInValues[Name]>;

/** The statements that every connection needs. */
export function signInStatements(query: Query) {
  return {
    /** Cursors of the device, if what it names now does not go on from what it named before. */
    forgetCursors: prepared<SignInValues>()((value) =>
      query.deleteFrom('device_cursors').where('dev', 'in', ({ selectFrom }) =>
        selectFrom('devices')
          .select('dev')
          .where('uid', '=', value('uid'))
          .where('id', '=', value('id'))
          .where('position', '>', value('comparedPosition'))
          .where((builder) => isAdmitted(builder, value)),
      ),
    ),
    /** Returns the device if it is admitted. */
    signIn: prepared<SignInValues>()((value) => {
      const signIn = {
        agent: value('agent'),
        position: value('position'),
        token_id: value('tokenId'),
        run: value('run'),
        last_seen: value('now'),
        ended: null,
      };
      return query
        .insertInto('devices')
        .values({ uid: value('uid'), id: value('id'), created_at: value('now'), sign_ins: 1, ...signIn })
        .onConflict((conflict) =>
          conflict
            .columns(['uid', 'id'])
            .doUpdateSet({ ...signIn, sign_ins: sql`devices.sign_ins + 1` })
            .where((builder) => isAdmitted(builder, value)),
        )
        .returningAll();
    }),
    displace: displaceStatement(query, []),
    present: prepared<{ uid: number }>()((value) =>
      query
        .selectFrom('devices')
        .selectAll()
        .where('uid', '=', value('uid'))
        .where('ended', 'is', null)
        .orderBy('dev'),
    ),
    find: prepared<{ uid: number; dev: number }>()((value) =>
      query.selectFrom('devices').selectAll().where('uid', '=', value('uid')).where('dev', '=', value('dev')),
    ),
    seen: prepared<{ dev: number; at: number }>()((value) =>
      query
        .updateTable('devices')
        .set({ last_seen: value('at') })
        .where('dev', '=', value('dev'))
        .where('last_seen', '<', value('at')),
    ),
  };
}

/** Ends the devices of the user that are too many; never the one that signs in. */
export function displaceStatement(query: Query, online: readonly number[]) {
  return prepared<SignInValues>()((value) => {
    const kept = query
      .selectFrom('devices')
      .select('dev')
      .where('uid', '=', value('uid'))
      .where('ended', 'is', null)
      .orderBy((builder) => {
        const ranks = builder.case().when('id', '=', value('id')).then(0);
        return (online.length === 0 ? ranks : ranks.when('dev', 'in', [...online]).then(1)).else(2).end();
      })
      .orderBy('last_seen', 'desc')
      .orderBy('dev', 'desc')
      .limit(value('limit'));
    return query
      .updateTable('devices')
      .set({ ended: 'displaced' })
      .where('uid', '=', value('uid'))
      .where('ended', 'is', null)
      .where('dev', 'not in', kept)
      .returningAll();
  });
}

/** Whether a device that has ended, if it has, may come back like this. */
function isAdmitted(
  { eb, or, and }: ExpressionBuilder<Tables, 'devices'>,
  value: Value,
): Expression<SqlBool> {
  const isOther = (column: 'devices.run' | 'devices.token_id', compared: Expression<string | number>) =>
    or([eb(column, 'is', null), eb(column, '!=', compared)]);
  return or([
    eb('devices.ended', 'is', null),
    and([eb('devices.ended', '=', 'displaced'), isOther('devices.run', value('comparedRun'))]),
    and([eb('devices.ended', '=', 'signedOut'), isOther('devices.token_id', value('comparedToken'))]),
  ]);
}
