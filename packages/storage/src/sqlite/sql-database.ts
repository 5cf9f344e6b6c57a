import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import type { SqlDatabase } from '../sql/database.ts';
import type { RowsOf } from '../sql/executor.ts';
import { type SqlStatement, toSqlValue } from '../sql/sql-statement.ts';
import type { Tables } from '../sql/tables.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** Kysely builds the statements; the reader and the writer run them. */
export function createSqlDatabase(reader: Reader, writer: Writer): SqlDatabase {
  const query = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });

  async function write<Queries extends readonly CompiledQuery[]>(...queries: Queries) {
    return (await writer.write(queries.map(toStatement))) as RowsOf<Queries>;
  }

  return {
    query,
    addressMatches: (pattern) => sql<boolean>`address glob ${toGlob(pattern)}`,

    async read<Row>(compiled: CompiledQuery<Row>) {
      return reader.all<Row>(compiled.sql, ...compiled.parameters.map(toSqlValue));
    },

    write,
    // There is one writer, with one transaction after the other.
    writeForUser: (_uid, ...queries) => write(...queries),
    writeInTurn: write,

    async writeAtNewPosition(...queries) {
      const [taken] = await writer.write([nextPosition, ...queries.map(toStatement)]);
      return Number(taken?.[0]?.position);
    },
  };
}

const nextPosition: SqlStatement = {
  sql: 'update log_state set position = position + 1 returning position',
  parameters: [],
};

const toStatement = ({ sql, parameters }: CompiledQuery): SqlStatement => ({
  sql,
  parameters: parameters.map(toSqlValue),
});

/** GLOB knows `?` and `[…]` too; here they stand for themselves. */
function toGlob(pattern: string): string {
  return pattern.replaceAll(/[?[]/g, '[$&]');
}
