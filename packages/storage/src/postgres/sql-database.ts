import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import type { SqlDatabase } from '../sql/database.ts';
import type { RowsOf } from '../sql/executor.ts';
import { type SqlStatement, toSqlValue } from '../sql/sql-statement.ts';
import type { Tables } from '../sql/tables.ts';
import type { Connections } from './connections.ts';
import { writeAtNewPosition, writeForUser, writeInTurn, writeStatements } from './write-statements.ts';

/** Kysely builds the statements; the connections run them. */
export function createSqlDatabase(connections: Connections): SqlDatabase {
  const query = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });

  return {
    query,
    addressMatches: (pattern) => sql<boolean>`address like ${toLike(pattern)}`,

    read<Row>(compiled: CompiledQuery<Row>) {
      return connections.use((connection) => connection.rows<Row>(compiled.sql, compiled.parameters));
    },

    async write<Queries extends readonly CompiledQuery[]>(...queries: Queries) {
      return (await writeStatements(connections, queries.map(toStatement))) as RowsOf<Queries>;
    },

    async writeForUser<Queries extends readonly CompiledQuery[]>(uid: number, ...queries: Queries) {
      return (await writeForUser(connections, uid, queries.map(toStatement))) as RowsOf<Queries>;
    },

    async writeInTurn<Queries extends readonly CompiledQuery[]>(...queries: Queries) {
      return (await writeInTurn(connections, queries.map(toStatement))) as RowsOf<Queries>;
    },

    writeAtNewPosition: (...queries) => writeAtNewPosition(connections, queries.map(toStatement)),
  };
}

const toStatement = ({ sql, parameters }: CompiledQuery): SqlStatement => ({
  sql,
  parameters: parameters.map(toSqlValue),
});

/** LIKE knows `%`, `_` and the backslash; here they stand for themselves. */
function toLike(pattern: string): string {
  return pattern.replaceAll(/[%_\\]/g, '\\$&').replaceAll('*', '%');
}
