/**
 * Arrays in PostgreSQL's binary form, as parameters of statements that treat many rows at once. (As text, contents
 * would be twice as large, and both sides would spend most of their time on digits.)
 * @module
 */

const oids = { bytea: 17, int8: 20 } as const;
const headerBytes = 20;
const high = 2 ** 32;

/**
 * `bigint[]` of safe integers.
 *
 * @throws RangeError when there is another number among them.
 */
export function int8Array(values: readonly (number | null)[]): Buffer {
  const hasNull = values.includes(null);
  const array = Buffer.allocUnsafe(headerBytes + 12 * values.length);
  let at = writeHeader(array, oids.int8, values.length, hasNull);
  for (const value of values) {
    if (value === null) {
      at = array.writeInt32BE(-1, at);
      continue;
    }
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no whole number that can be stored`);
    at = array.writeInt32BE(8, at);
    at = array.writeInt32BE(Math.floor(value / high), at);
    at = array.writeUInt32BE(value >>> 0, at);
  }
  return array.subarray(0, at);
}

/** `bigint[]` of what each row has in a column. */
export function int8Column<Row>(rows: readonly Row[], of: (row: Row) => number | null): Buffer {
  return int8Array(rows.map(of));
}

/** `bytea[]`. */
export function byteaArray(values: readonly (Uint8Array | null)[]): Buffer {
  let size = headerBytes;
  for (const value of values) size += 4 + (value?.length ?? 0);
  const array = Buffer.allocUnsafe(size);
  let at = writeHeader(array, oids.bytea, values.length, values.includes(null));
  for (const value of values) {
    if (value === null) {
      at = array.writeInt32BE(-1, at);
      continue;
    }
    at = array.writeInt32BE(value.length, at);
    array.set(value, at);
    at += value.length;
  }
  return array.subarray(0, at);
}

/** An array without elements has no dimension. */
function writeHeader(array: Buffer, oid: number, length: number, hasNull: boolean): number {
  let at = array.writeInt32BE(length > 0 ? 1 : 0, 0);
  at = array.writeInt32BE(hasNull ? 1 : 0, at);
  at = array.writeInt32BE(oid, at);
  if (length === 0) return at;
  at = array.writeInt32BE(length, at);
  return array.writeInt32BE(1, at);
}
