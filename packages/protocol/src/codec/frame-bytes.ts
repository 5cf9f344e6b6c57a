/**
 * The frames of which every message needs one or two, written straight as msgpack: the same bytes as the general
 * encoder gives (a property test holds them to it), at a fraction of its cost.
 * @module
 */
import type { MessageAge, MessageFrame, ReceiptFrame, SentFrame } from '../frames.ts';
import { allocate } from './slab.ts';

/** Members that may be given as undefined instead of being left out: building an object without them costs more. */
type MayLack<Frame, Names extends keyof Frame> = Omit<Frame, Names> & {
  readonly [Name in Names]?: Frame[Name] | undefined;
};

type ReceiptHead = MayLack<Omit<ReceiptFrame, 't'>, 'delivered' | 'read'>;
type MessageHead = MayLack<
  Omit<MessageFrame, 't' | 'content' | 'gone' | 'marks' | 'first'>,
  'to' | 'gid' | 'expires' | 'ref' | 'event' | 'target' | 'edited' | 'age'
>;

/** Bytes that the numbers and names of one frame can take, without texts and content. */
const headBytes = 384;
const utf8 = new TextEncoder();

let bytes = new Uint8Array(4 * headBytes);
let view = new DataView(bytes.buffer);
let at = 0;
let members = 0;

/** A name of a member as it stands in the map. */
function key(name: string): Uint8Array {
  return Uint8Array.from([0xa0 | name.length, ...utf8.encode(name)]);
}

const keys = {
  t: key('t'),
  conv: key('conv'),
  seq: key('seq'),
  mid: key('mid'),
  from: key('from'),
  to: key('to'),
  gid: key('gid'),
  ts: key('ts'),
  type: key('type'),
  flags: key('flags'),
  expires: key('expires'),
  localId: key('localId'),
  ref: key('ref'),
  event: key('event'),
  target: key('target'),
  edited: key('edited'),
  dev: key('dev'),
  id: key('id'),
  user: key('user'),
  delivered: key('delivered'),
  read: key('read'),
  age: key('age'),
  seconds: key('seconds'),
  content: key('content'),
} as const;

export function encodeSent(frame: Omit<SentFrame, 't'>): Uint8Array {
  begin(0);
  text(keys.t, 'sent');
  integer(keys.id, frame.id);
  integer(keys.conv, frame.conv);
  integer(keys.seq, frame.seq);
  integer(keys.mid, frame.mid);
  integer(keys.ts, frame.ts);
  return finish();
}

export function encodeReceipt(frame: ReceiptHead): Uint8Array {
  begin(frame.user.length);
  text(keys.t, 'receipt');
  integer(keys.conv, frame.conv);
  text(keys.user, frame.user);
  optional(keys.delivered, frame.delivered);
  optional(keys.read, frame.read);
  integer(keys.ts, frame.ts);
  return finish();
}

/**
 * A `message` frame around a content that packValue encoded before: nothing is decoded and encoded again.
 *
 * @example
 * const bytes = encodeMessage(head, packValue({ text: 'hello' }));
 */
export function encodeMessage(head: MessageHead, content: Uint8Array): Uint8Array {
  begin(head.from.length + (head.to?.length ?? 0));
  text(keys.t, 'message');
  integer(keys.conv, head.conv);
  integer(keys.seq, head.seq);
  integer(keys.mid, head.mid);
  text(keys.from, head.from);
  if (head.to !== undefined) text(keys.to, head.to);
  optional(keys.gid, head.gid);
  integer(keys.ts, head.ts);
  integer(keys.type, head.type);
  integer(keys.flags, head.flags);
  optional(keys.expires, head.expires);
  integer(keys.localId, head.localId);
  optional(keys.ref, head.ref);
  integer(keys.dev, head.dev);
  integer(keys.id, head.id);
  if (head.event !== undefined) text(keys.event, head.event);
  optional(keys.target, head.target);
  optional(keys.edited, head.edited);
  if (head.age !== undefined) age(head.age);
  member(keys.content);
  return finish(content);
}

/** Room for the head of the longest map: a byte for its kind and two for its count. */
const mapHeadBytes = 3;

function begin(characters: number): void {
  // A character of UTF-16 takes three bytes of UTF-8 at the most.
  const needed = headBytes + 3 * characters;
  if (needed > bytes.length) {
    bytes = new Uint8Array(2 * needed);
    view = new DataView(bytes.buffer);
  }
  at = mapHeadBytes;
  members = 0;
}

/** The finished frame in memory of its own. */
function finish(content?: Uint8Array): Uint8Array {
  const start = members < 16 ? mapHeadBytes - 1 : 0;
  if (members < 16) bytes[start] = 0x80 | members;
  else {
    bytes[0] = 0xde;
    view.setUint16(1, members);
  }
  const size = at - start;
  const frame = allocate(size + (content?.length ?? 0));
  frame.set(bytes.subarray(start, at));
  if (content !== undefined) frame.set(content, size);
  return frame;
}

function member(name: Uint8Array): void {
  copy(name);
  members += 1;
}

function copy(name: Uint8Array): void {
  // Names are so short that a loop is faster than a call of `set`.
  for (let index = 0; index < name.length; index += 1) bytes[at + index] = name[index] ?? 0;
  at += name.length;
}

function integer(name: Uint8Array, value: number): void {
  member(name);
  number(value);
}

function optional(name: Uint8Array, value: number | undefined): void {
  if (value !== undefined) integer(name, value);
}

function text(name: Uint8Array, value: string): void {
  member(name);
  string(value);
}

function age({ seconds, from }: MessageAge): void {
  member(keys.age);
  bytes[at++] = 0x82;
  copy(keys.seconds);
  number(seconds);
  copy(keys.from);
  string(from);
}

/** The shortest form of a whole number; beyond 32 bits a float, which holds what is safe exactly. */
function number(value: number): void {
  if (value < 0x80) bytes[at++] = value;
  else if (value < 0x100) {
    bytes[at++] = 0xcc;
    bytes[at++] = value;
  } else if (value < 0x1_0000) {
    bytes[at++] = 0xcd;
    view.setUint16(at, value);
    at += 2;
  } else if (value < 0x1_0000_0000) {
    bytes[at++] = 0xce;
    view.setUint32(at, value);
    at += 4;
  } else {
    bytes[at++] = 0xcb;
    view.setFloat64(at, value);
    at += 8;
  }
}

function string(value: string): void {
  const start = at + 1;
  const length = value.length;
  if (length < 32) {
    // Most addresses: ASCII, whose length is known before it is written.
    let index = 0;
    for (; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) break;
      bytes[start + index] = code;
    }
    if (index === length) {
      bytes[at] = 0xa0 | length;
      at = start + length;
      return;
    }
  }
  const { written } = utf8.encodeInto(value, bytes.subarray(at + 3));
  if (written < 32) {
    bytes.copyWithin(at + 1, at + 3, at + 3 + written);
    bytes[at] = 0xa0 | written;
    at += 1 + written;
  } else if (written < 0x100) {
    bytes.copyWithin(at + 2, at + 3, at + 3 + written);
    bytes[at] = 0xd9;
    bytes[at + 1] = written;
    at += 2 + written;
  } else {
    bytes[at] = 0xda;
    view.setUint16(at + 1, written);
    at += 3 + written;
  }
}
