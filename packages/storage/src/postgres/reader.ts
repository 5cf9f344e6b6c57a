import type { LogReader } from '../sql/executor.ts';
import type { SqlValue } from '../sql/sql-statement.ts';
import type { Connections } from './connections.ts';
import { QuestionMarks } from './question-marks.ts';

/** Reads on any connection, which sees every write that was awaited before. */
export function createReader(connections: Connections): LogReader {
  const marks = new QuestionMarks();
  return {
    isLocal: false,
    all<Row>(sql: string, ...parameters: SqlValue[]) {
      return connections.use((connection) => connection.rows<Row>(marks.translate(sql), parameters));
    },
    tuples<Row extends readonly unknown[]>(sql: string, ...parameters: SqlValue[]) {
      return connections.use((connection) => connection.tuples<Row>(marks.translate(sql), parameters));
    },
  };
}
