/**
 * Validation at the door: a decoded value either is a well-formed client frame, or a coded error.
 * @module
 */
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { StoaError } from './codes.ts';
import { requirePlainContent } from './content.ts';
import { messageFlags } from './flags.ts';
import {
  type CallRequestFrame,
  type ClientFrame,
  callRequests,
  clientFrames,
  type HistoryFrame,
  type RequestFrame,
  type SendFrame,
} from './frames.ts';
import { operations } from './operations.ts';

export {
  Address,
  Content,
  callNotices,
  callRequests,
  clientFrames,
  Emoji,
  FileId,
  MessageAge,
  roomNotices,
  serverFrames,
} from './frames.ts';
export { RoomKindName } from './group-fields.ts';
export { operations } from './operations.ts';

interface Validator {
  Check(value: unknown): boolean;
  Errors(value: unknown): readonly { instancePath: string; message: string }[];
}

const validators = new Map<string, Validator>(
  Object.entries(clientFrames).map(([type, schema]) => [type, Compile(schema as TSchema)]),
);

const requestValidators = new Map<string, Validator>(
  Object.entries(operations).map(([op, { request }]) => [op, Compile(request as TSchema)]),
);

/** What an event says stands in a field of its own. */
const contentsOfEvents = [
  ['react', 'reaction'],
  ['pin', 'pin'],
  ['vote', 'vote'],
] as const;

/** Those of the events of calls tell more of what is wrong than the one of all events can. */
const callValidators = new Map<string, Validator>(
  Object.entries(callRequests).map(([type, schema]) => [type, Compile(schema as TSchema)]),
);

/**
 * Checks one decoded frame of a client.
 *
 * @throws StoaError BAD_FRAME (the message names the field), UNKNOWN_FRAME, UNKNOWN_OPERATION or TOO_LARGE.
 * @example
 * const frame = parseClientFrame({ t: 'received', conv: 7, seq: 12 });
 */
export function parseClientFrame(value: unknown): ClientFrame {
  if (!isMap(value)) throw new StoaError('BAD_FRAME', 'A frame must be a map.');
  const type = value.t;
  if (typeof type !== 'string') throw new StoaError('BAD_FRAME', 'A frame must have its type in "t".');
  const validator = validators.get(type);
  if (validator === undefined) {
    throw new StoaError('UNKNOWN_FRAME', `There is no frame type "${type.slice(0, 40).toWellFormed()}".`);
  }
  if (!validator.Check(value)) {
    throw new StoaError('BAD_FRAME', problemOfCall(type, value) ?? firstProblem(type, validator, value));
  }
  const frame = value as ClientFrame;
  if (frame.t === 'send' || frame.t === 'presence' || frame.t === 'history') requireOneDestination(frame);
  if (frame.t === 'history') requireOneDirection(frame);
  if (frame.t === 'send') requireSendable(frame);
  if (frame.t === 'request') requireOperation(frame);
  if (frame.t === 'call') requireSdp(frame);
  return frame;
}

function isMap(value: unknown): value is { t?: unknown } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function firstProblem(type: string, validator: Validator, value: unknown): string {
  const problem = validator.Errors(excerpt(value))[0];
  if (problem === undefined) return `"${type}" is malformed.`;
  const field = problem.instancePath.slice(1).replaceAll('/', '.');
  return field === '' ? `"${type}" ${problem.message}.` : `"${type}.${field}" ${problem.message}.`;
}

/**
 * The value with no more of each list than it takes to tell what is wrong: the validator looks at every item once it looks
 * for problems, and a stranger may send hundreds of thousands. More than any list may have. What is nested deeper than
 * anything may be is null: of that, too, a stranger may send more than there is room for on the stack.
 */
export function excerpt(value: unknown, levels = levelsLookedAt): unknown {
  const isList = Array.isArray(value);
  if (!isList && !isMap(value)) return value;
  if (levels === 0) return null;
  if (isList) return value.slice(0, itemsLookedAt).map((item) => excerpt(item, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, excerpt(member, levels - 1)]));
}

const itemsLookedAt = 1_100;
const levelsLookedAt = 32;

function requireOneDestination(frame: { t: string; peer?: string; gid?: number }): void {
  if ((frame.peer === undefined) === (frame.gid === undefined)) {
    throw new StoaError('BAD_FRAME', `"${frame.t}" must name either "peer" or "gid".`);
  }
}

function requireSendable(frame: SendFrame): void {
  if ((frame.event === undefined) !== (frame.target === undefined)) {
    throw new StoaError('BAD_FRAME', '"send" must name "event" and "target" together.');
  }
  for (const field of ['at', 'age'] as const) {
    if (frame.event !== undefined && frame[field] !== undefined) {
      throw new StoaError('BAD_FRAME', `"send.${field}" is for messages only, not for events.`);
    }
  }
  if (frame.event === 'edit' && Object.keys(frame.content).length === 0) {
    throw new StoaError('BAD_FRAME', '"send.content" of an edit must not be empty.');
  }
  for (const [event, field] of contentsOfEvents) {
    if ((frame.event === event) === (frame.content[field] !== undefined)) continue;
    throw new StoaError('BAD_FRAME', `The event "${event}", and no other "send", has a "content.${field}".`);
  }
  if (frame.content.mentions?.some(({ user, all }) => (user === undefined) === (all === undefined))) {
    throw new StoaError('BAD_FRAME', '"send.content.mentions" must each name either "user" or "all".');
  }
  const isStored = frame.event !== undefined || frame.at !== undefined;
  if (isStored && (frame.flags ?? 0) & messageFlags.transient) {
    throw new StoaError('BAD_FRAME', 'Events and scheduled messages cannot be transient.');
  }
  if (frame.content.call !== undefined) {
    throw new StoaError('BAD_FRAME', '"send.content.call" is written by the server alone.');
  }
  requirePlainContent(frame.content, 'send.content');
}

/** What is wrong with the event of a call, when it is one that is known. */
function problemOfCall(type: string, value: object): string | undefined {
  if (type !== 'call' || !('event' in value) || !isMap(value.event)) return undefined;
  const { event } = value;
  const name = 'type' in event && typeof event.type === 'string' ? event.type : '';
  const validator = callValidators.get(name);
  if (validator === undefined) return `"call.event" has no type "${name.slice(0, 40).toWellFormed()}".`;
  return validator.Check(event) ? undefined : firstProblem(`call.${name}`, validator, event);
}

/** Browsers look at the rest of a description; here it is only kept apart from what surely is none. */
function requireSdp({ event }: CallRequestFrame): void {
  if (!('sdp' in event) || event.sdp === undefined || /^v=0[\r\n]/.test(event.sdp)) return;
  throw new StoaError('BAD_FRAME', `"call.${event.type}.sdp" must be a session description.`);
}

function requireOperation({ op, body }: RequestFrame): void {
  const validator = requestValidators.get(op);
  if (validator === undefined) {
    throw new StoaError('UNKNOWN_OPERATION', `There is no operation "${op.slice(0, 40).toWellFormed()}".`);
  }
  if (!validator.Check(body))
    throw new StoaError('BAD_FRAME', firstProblem(`request.${op}`, validator, body));
  requirePlainContent(body, 'request.body');
}

function requireOneDirection(frame: HistoryFrame): void {
  if (frame.before !== undefined && frame.after !== undefined) {
    throw new StoaError('BAD_FRAME', '"history" must not name both "before" and "after".');
  }
}
