import type { AccessStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';

export interface AccessTables {
  access_policies: { aid: number; id: number; name: string; rules: string };
  user_policies: { uid: number; aid: number; policy: number };
}

export function createAccessStore(database: SqlDatabase): AccessStore {
  const { query } = database;
  return {
    async put({ aid, id, name, rules }, limit) {
      const others = await database.read(
        query
          .selectFrom('access_policies')
          .select('id')
          .where('aid', '=', aid)
          .where('id', '!=', id)
          .limit(limit)
          .compile(),
      );
      if (others.length >= limit) return false;
      await database.write(
        query
          .insertInto('access_policies')
          .values({ aid, id, name, rules })
          .onConflict((conflict) => conflict.columns(['aid', 'id']).doUpdateSet({ name, rules }))
          .compile(),
      );
      return true;
    },

    async remove(aid, id) {
      const [removed] = await database.write(
        query
          .deleteFrom('access_policies')
          .where('aid', '=', aid)
          .where('id', '=', id)
          .returning('id')
          .compile(),
      );
      return removed.length > 0;
    },

    all: () =>
      database.read(
        query
          .selectFrom('access_policies')
          .select(['aid', 'id', 'name', 'rules'])
          .orderBy('aid')
          .orderBy('id')
          .compile(),
      ),

    async assign(uid, aid, id) {
      if (id === null) {
        await database.write(query.deleteFrom('user_policies').where('uid', '=', uid).compile());
        return true;
      }
      const policy = query
        .selectFrom('access_policies')
        .innerJoin('users', 'users.aid', 'access_policies.aid')
        .select(['users.uid', 'access_policies.aid', 'access_policies.id'])
        .where('users.uid', '=', uid)
        .where('access_policies.aid', '=', aid)
        .where('access_policies.id', '=', id);
      const [assigned] = await database.write(
        query
          .insertInto('user_policies')
          .columns(['uid', 'aid', 'policy'])
          .expression(policy)
          .onConflict((conflict) => conflict.column('uid').doUpdateSet({ policy: id }))
          .returning('uid')
          .compile(),
      );
      return assigned.length > 0;
    },

    async assigned(uid) {
      const [row] = await database.read(
        query.selectFrom('user_policies').select('policy').where('uid', '=', uid).compile(),
      );
      return row?.policy;
    },
  };
}
