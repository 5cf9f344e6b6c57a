import { forbiddenKey } from './codec/decode-errors.ts';
import { StoaError } from './codes.ts';
import { limits } from './limits.ts';

/**
 * Checks that the content of a message is plain data, which every receiver in every language can read: maps with
 * text keys, arrays, well-formed text, finite numbers, booleans, null and Uint8Arrays, nested at most
 * limits.contentDepth levels deep. Members that are undefined count as absent. The server does this to every
 * message; a client does it before it queues one, so that the caller learns of a mistake at once.
 *
 * @param place how messages name the content
 * @throws StoaError BAD_FRAME or TOO_LARGE; the message names the member.
 * @example
 * requirePlainContent({ text: 'Hello', fields: { at: new Date() } }); // "content.fields.at" must be plain data …
 */
export function requirePlainContent(content: unknown, place = 'content'): void {
  const problem = problemOf(content, limits.contentDepth);
  if (problem !== undefined) throw new StoaError(problem.code, `"${place}${problem.path}" ${problem.what}.`);
}

interface Problem {
  readonly code: 'BAD_FRAME' | 'TOO_LARGE';
  /** Where, as seen from the value that was looked at. Made on the way back: nothing is built for good data. */
  readonly path: string;
  readonly what: string;
}

function problemOf(value: unknown, depth: number): Problem | undefined {
  switch (typeof value) {
    case 'boolean':
      return undefined;
    case 'string':
      return value.isWellFormed() ? undefined : bad('must be well-formed Unicode text');
    case 'number':
      return Number.isFinite(value) ? undefined : bad('must be a finite number');
    case 'object':
      break;
    default:
      return bad(notPlain);
  }
  if (value === null || value instanceof Uint8Array) return undefined;
  if (depth === 0) {
    return { code: 'TOO_LARGE', path: '', what: `is nested more than ${limits.contentDepth} levels deep` };
  }
  if (Array.isArray(value)) return problemOfArray(value, depth);
  return isMap(value) ? problemOfMap(value, depth) : bad(notPlain);
}

function problemOfArray(items: readonly unknown[], depth: number): Problem | undefined {
  for (const [index, item] of items.entries()) {
    const problem = problemOf(item, depth - 1);
    if (problem !== undefined) return { ...problem, path: `[${index}]${problem.path}` };
  }
  return undefined;
}

function problemOfMap(members: Record<string, unknown>, depth: number): Problem | undefined {
  for (const key of Object.keys(members)) {
    const member = members[key];
    if (member === undefined) continue;
    const problem = problemOfKey(key) ?? problemOf(member, depth - 1);
    if (problem !== undefined) return { ...problem, path: `.${shown(key)}${problem.path}` };
  }
  return undefined;
}

function problemOfKey(key: string): Problem | undefined {
  if (reservedKeys.has(key)) return bad('has a name that is reserved');
  return key.isWellFormed() ? undefined : bad('must have well-formed Unicode text as its name');
}

/** `$bytes` stands for bytes in JSON, and would change its meaning on the way from one codec to the other. */
const reservedKeys = new Set([forbiddenKey, '$bytes']);

/** Objects that are more than their members (dates, maps, instances of classes) have further prototypes. */
function isMap(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function bad(what: string): Problem {
  return { code: 'BAD_FRAME', path: '', what };
}

const notPlain = 'must be plain data (a map, array, text, number, boolean, null or Uint8Array)';

/** A key as it may stand in a message: it can be of any length, and half a character. */
function shown(key: string): string {
  return key.slice(0, 40).toWellFormed();
}
