/**
 * Random valid frames for property-based tests, made from the schemas themselves: a field that is added to a frame
 * is tested everywhere from then on.
 * @module
 * @example
 * fc.assert(fc.property(clientFrameArbitrary(), (frame) => { parseClientFrame(frame); }));
 */
import fc, { type Arbitrary } from 'fast-check';
import type { TSchema } from 'typebox';
import {
  type CallRequestFrame,
  type ClientFrame,
  Content,
  clientFrames,
  type ServerFrame,
  serverFrames,
} from '../frames.ts';
import { operations } from '../operations.ts';
import { keyArbitrary, numberArbitrary, plainDataArbitrary, textArbitrary } from './plain-data-arbitrary.ts';

export { plainDataArbitrary } from './plain-data-arbitrary.ts';

/** Any frame that parseClientFrame accepts, or only those of one type. */
export function clientFrameArbitrary(type?: ClientFrame['t']): Arbitrary<ClientFrame> {
  if (type === undefined) {
    const types = Object.keys(clientFrames) as ClientFrame['t'][];
    return fc.oneof(...types.map((each) => clientFrameArbitrary(each)));
  }
  if (type === 'request') return requestArbitrary();
  return (arbitraryOf(clientFrames[type]) as Arbitrary<ClientFrame>).map(withinTheRules);
}

/** Any frame that a server may send, or only those of one type. */
export function serverFrameArbitrary(type?: ServerFrame['t']): Arbitrary<ServerFrame> {
  if (type === undefined) {
    const types = Object.keys(serverFrames) as ServerFrame['t'][];
    return fc.oneof(...types.map((each) => serverFrameArbitrary(each)));
  }
  return arbitraryOf(serverFrames[type]) as Arbitrary<ServerFrame>;
}

/** The content of a message. */
export function contentArbitrary(): Arbitrary<Content> {
  return arbitraryOf(Content) as Arbitrary<Content>;
}

/** A request for one of the operations, with the body that it demands. */
function requestArbitrary(): Arbitrary<ClientFrame> {
  const each = Object.entries(operations).map(([op, { request }]) =>
    fc.record(
      {
        t: fc.constant('request' as const),
        id: integerOf(1, Number.MAX_SAFE_INTEGER),
        op: fc.constant(op),
        body: arbitraryOf(request) as Arbitrary<Record<string, unknown>>,
      },
      { noNullPrototype: true },
    ),
  );
  return fc.oneof(...each);
}

/** What the schemas do not say: one destination, one direction of history, and what goes together in a send, how a description begins. */
function withinTheRules(frame: ClientFrame): ClientFrame {
  if (frame.t === 'call') return withSdp(frame);
  if (frame.t !== 'send' && frame.t !== 'presence' && frame.t !== 'history') return frame;
  const { peer, gid, ...rest } = frame;
  const destination = peer === undefined ? { gid: gid ?? 7 } : { peer };
  if (rest.t === 'send') {
    const { event, target, at, age, flags, ...sent } = rest;
    const { reaction, pin, vote, content } = partsOf(sent.content);
    const message = { ...sent, content, ...destination };
    const stored = flags === undefined ? {} : { flags: flags - (flags % 8) };
    if (event !== undefined) {
      const saidBy = {
        edit: { text: 'edited', ...content },
        recall: content,
        react: { ...content, reaction },
        pin: { ...content, pin },
        vote: { ...content, vote },
        close: content,
      };
      const said = saidBy[event];
      return { ...message, ...stored, content: said, event, target: target ?? 1 };
    }
    const aged = { ...message, ...(age === undefined ? {} : { age }) };
    if (at !== undefined) return { ...aged, ...stored, at };
    return { ...aged, ...(flags === undefined ? {} : { flags }) };
  }
  if (rest.t !== 'history' || rest.before === undefined) return { ...rest, ...destination };
  const { after: _, ...backwards } = rest;
  return { ...backwards, ...destination };
}

/** What events say, and what is left for messages. */
function partsOf({ call: _, mentions = [], ...said }: Content) {
  const { reaction = { emoji: '👍', on: true }, pin = { on: true }, vote = { options: [] }, ...rest } = said;
  const named = mentions.map(({ start, length, user }) => ({
    start,
    length,
    ...(user === undefined ? { all: true as const } : { user }),
  }));
  return { reaction, pin, vote, content: { ...rest, ...(named.length > 0 && { mentions: named }) } };
}

function withSdp(frame: CallRequestFrame): ClientFrame {
  const { event } = frame;
  if (!('sdp' in event) || event.sdp === undefined) return frame;
  return { ...frame, event: { ...event, sdp: `v=0\r\n${event.sdp}` } };
}

/** The members of JSON Schema that our schemas use. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly contentMediaType?: string;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: unknown;
  readonly anyOf?: readonly TSchema[];
  /** Of a tuple, one for each place. */
  readonly items?: TSchema | TSchema[];
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

function listOf({ items = {}, minItems = 0, uniqueItems = false }: Schema): Arbitrary<unknown> {
  const length = { minLength: minItems, maxLength: Math.max(3, minItems) };
  return uniqueItems ? fc.uniqueArray(arbitraryOf(items), length) : fc.array(arbitraryOf(items), length);
}

function arbitraryOf(given: TSchema): Arbitrary<unknown> {
  const schema: Schema = given;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(arbitraryOf));
  if (schema.contentMediaType !== undefined) return fc.uint8Array({ maxLength: 40 });
  if (schema.patternProperties !== undefined) {
    return fc.dictionary(keyArbitrary(), plainDataArbitrary(), { maxKeys: 4, noNullPrototype: true });
  }
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      if (Array.isArray(schema.items)) return fc.tuple(...schema.items.map(arbitraryOf));
      return listOf(schema);
    case 'string':
      return textArbitrary(schema);
    case 'integer':
      return integerOf(schema.minimum ?? 0, schema.maximum ?? Number.MAX_SAFE_INTEGER);
    case 'number':
      return numberArbitrary().filter(
        (value) => value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity),
      );
    case 'boolean':
      return fc.boolean();
    case undefined:
      return plainDataArbitrary();
    default:
      throw new Error(`no arbitrary for ${JSON.stringify(schema)}`);
  }
}

function objectOf({ properties = {}, required = [] }: Schema): Arbitrary<unknown> {
  const members = Object.entries(properties).map(([name, schema]) => [name, arbitraryOf(schema)]);
  return fc.record<Record<string, unknown>>(Object.fromEntries(members), {
    requiredKeys: [...required],
    noNullPrototype: true,
  });
}

/** Small ones more often than not, and those at both ends. */
function integerOf(min: number, max: number): Arbitrary<number> {
  const small = fc.integer({ min, max: Math.min(max, min + 300) });
  return fc.oneof(
    small,
    fc.constantFrom(min, max),
    fc.maxSafeNat().map((nat) => min + (nat % (max - min + 1))),
  );
}
