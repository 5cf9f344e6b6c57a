import { timingSafeEqual } from 'node:crypto';
import type { CompiledQuery, Selectable } from 'kysely';
import type { OtpStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import type { OtpsTable } from './tables.ts';

type Otp = Selectable<OtpsTable>;

export function createOtpStore(database: SqlDatabase): OtpStore {
  const { query } = database;

  return {
    async set({ aid, address, hash, tries, reuse, expiresAt }) {
      const values = { hash, tries, reuse, expires_at: expiresAt };
      await database.write(
        query
          .insertInto('otps')
          .values({ aid, address, ...values })
          .onConflict((conflict) => conflict.columns(['aid', 'address']).doUpdateSet(values))
          .compile(),
      );
    },

    // The comparison must take the same time for every code, so it is made here and not by the database. The count
    // is then written on condition that nobody else has counted since; who comes too late looks again.
    async consume({ aid, address, hash, now }) {
      for (;;) {
        const [otp] = await database.read(
          query
            .selectFrom('otps')
            .selectAll()
            .where('aid', '=', aid)
            .where('address', '=', address)
            .compile(),
        );
        if (otp === undefined) return 'none';
        const verdict = judge(otp, hash, now);
        const [counted] = await database.write(verdict.count(database, otp));
        if (counted.length > 0) return verdict.result;
      }
    },

    async sweep(now, limit) {
      const expired = query
        .selectFrom('otps')
        .select(['aid', 'address'])
        .where('expires_at', '<', now)
        .orderBy('expires_at')
        .limit(limit);
      const [removed] = await database.write(
        query
          .deleteFrom('otps')
          .where(({ eb, refTuple }) =>
            eb(refTuple('aid', 'address'), 'in', expired.$asTuple('aid', 'address')),
          )
          .returning('aid')
          .compile(),
      );
      return removed.length;
    },
  };
}

interface Verdict {
  readonly result: 'ok' | 'wrong' | 'none';
  /** The statement that counts it; returns a row when the code is still as it was judged. */
  count(database: SqlDatabase, judged: Otp): CompiledQuery<{ address: string }>;
}

function judge(otp: Otp, hash: Uint8Array, now: number): Verdict {
  if (otp.expires_at <= now) return { result: 'none', count: removal };
  const right = otp.hash.length === hash.length && timingSafeEqual(otp.hash, hash);
  if (right) {
    return { result: 'ok', count: otp.reuse > 1 ? counting({ reuse: otp.reuse - 1 }) : removal };
  }
  return { result: 'wrong', count: otp.tries > 1 ? counting({ tries: otp.tries - 1 }) : removal };
}

const counting =
  (change: { tries: number } | { reuse: number }): Verdict['count'] =>
  ({ query }, judged) =>
    query
      .updateTable('otps')
      .set(change)
      .where((eb) => eb.and(unchanged(judged)))
      .returning('address')
      .compile();

const removal: Verdict['count'] = ({ query }, judged) =>
  query
    .deleteFrom('otps')
    .where((eb) => eb.and(unchanged(judged)))
    .returning('address')
    .compile();

const unchanged = ({ aid, address, hash, tries, reuse, expires_at }: Otp) => ({
  aid,
  address,
  hash,
  tries,
  reuse,
  expires_at,
});
