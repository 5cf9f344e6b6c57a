export type SqlValue = string | number | bigint | null | Uint8Array;

/** A statement and what to bind to it: plain data, so that it can be handed to the writer's thread. */
export interface SqlStatement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

export type SqlRow = Record<string, SqlValue>;

/**
 * Bytes are copied: handing a view to another thread would take along the whole buffer that it is a part of.
 *
 * @throws Error when SQLite has no such type, which is a mistake in a query of ours.
 */
export function toSqlValue(value: unknown): SqlValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return value;
  }
  if (value instanceof Uint8Array) return new Uint8Array(value);
  throw new Error(`A value of type ${typeof value} cannot be stored.`);
}
