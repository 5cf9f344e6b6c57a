/**
 * What crosses back from the writer's thread: results as rows of numbers in one typed array, which is moved.
 * @module
 */
import type { BatchReply } from '../sql/group-commit.ts';
import type { SqlRow } from '../sql/sql-statement.ts';
import type { Appended, CursorMoves } from '../store.ts';

/** Numbers per result. */
const resultWidth = 7;

const noTurns = -1;

export interface WriterReply extends BatchReply {
  readonly numbers: Float64Array<ArrayBuffer>;
  /** By the place among the operations of kind sql: for each of its statements, the rows. */
  readonly rows: readonly SqlRow[][][];
}

export function emptyResults(count: number): Float64Array<ArrayBuffer> {
  return new Float64Array(count * resultWidth);
}

export function encodeAppended(results: Float64Array, index: number, appended: Appended): void {
  const at = index * resultWidth;
  results[at] = appended.mid;
  results[at + 1] = appended.conv;
  results[at + 2] = appended.seq;
  results[at + 3] = appended.ts;
  results[at + 4] = Number(appended.duplicate);
  results[at + 5] = appended.epoch;
  results[at + 6] = appended.receiver ?? noTurns;
}

export function decodeAppended(results: Float64Array, index: number): Appended {
  const at = index * resultWidth;
  const receiver = results[at + 6] ?? noTurns;
  return {
    mid: results[at] ?? 0,
    conv: results[at + 1] ?? 0,
    seq: results[at + 2] ?? 0,
    ts: results[at + 3] ?? 0,
    duplicate: results[at + 4] === 1,
    epoch: results[at + 5] ?? 0,
    ...(receiver === noTurns ? undefined : { receiver }),
  };
}

/** A cursor that did not move is 0: none can move there. */
export function encodeMoves(results: Float64Array, index: number, moves: CursorMoves): void {
  const at = index * resultWidth;
  results[at] = moves.delivered ?? 0;
  results[at + 1] = moves.read ?? 0;
  results[at + 2] = moves.seen ?? 0;
}

export function decodeMoves(results: Float64Array, index: number): CursorMoves {
  const at = index * resultWidth;
  const delivered = results[at] ?? 0;
  const read = results[at + 1] ?? 0;
  const seen = results[at + 2] ?? 0;
  // Most are those of a device that has received something.
  if (read === 0 && seen === 0) return delivered === 0 ? {} : { delivered };
  return { ...(delivered > 0 && { delivered }), ...(read > 0 && { read }), ...(seen > 0 && { seen }) };
}
