import { type Content, unpackValue } from '@stoa/protocol';
import type { MessageSpecial } from '@stoa/storage';
import { contentJson } from '../content-json.ts';

/** An event for a webhook: what the receiver knows it by, and the fields that it sees. */
export interface HookEvent {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Person {
  readonly uid: number;
  readonly address: string;
}

/** A message of the log, with the names of both sides. */
export interface HookMessage {
  readonly mid: number;
  readonly conv: number;
  readonly seq: number;
  readonly ts: number;
  readonly type: number;
  readonly flags: number;
  readonly ref: number | null;
  readonly special: MessageSpecial | null;
  readonly content: Uint8Array | null;
  readonly from: string;
  readonly to?: string;
  readonly gid?: number;
}

export function userEvent({ uid, address }: Person, status: 'online' | 'offline', ts: number): HookEvent {
  return event(`user.${uid}.${status}.${ts}`, ts, { type: 'user', user: { uid, address }, status });
}

export function messageEvent(message: HookMessage): HookEvent {
  return event(`message.${message.mid}`, message.ts, { type: 'message', message: messageFields(message) });
}

/** Nobody of these has received the message so far. `part`: which part of them, when they are many. */
export function offlineEvent(
  message: HookMessage,
  users: readonly Person[],
  part: number,
  ts: number,
): HookEvent {
  return event(`offline.${message.mid}.${part}`, ts, {
    type: 'message',
    status: 'offline',
    users: users.map(({ uid, address }) => ({ uid, address })),
    message: messageFields(message),
  });
}

/** What a client says to the app itself. `id` names it among all that this user says. */
export function clientEvent(
  { uid, address }: Person,
  { type, content, id }: { type: number; content: Content; id: number },
  ts: number,
): HookEvent {
  return event(`client.${uid}.${id}.${ts}`, ts, {
    type: 'message',
    status: 'client',
    user: { uid, address },
    message: { from: address, type, content: contentJson(content) },
  });
}

/** The user has received, or read, everything up to the place `seq` of the conversation. */
export function statusEvent(
  { uid, address }: Person,
  { conv, seq, status }: { conv: number; seq: number; status: 'delivered' | 'read' },
  ts: number,
): HookEvent {
  return event(`status.${conv}.${uid}.${status}.${seq}`, ts, {
    type: 'status',
    status,
    user: { uid, address },
    conv,
    seq,
  });
}

export interface GroupHappening {
  readonly gid: number;
  readonly name: string;
  /** Counts the changes of the group. */
  readonly epoch: number;
  readonly status: 'created' | 'changed' | 'deleted' | 'members';
  /** Who did it; absent for the back end, and for what happens by itself. */
  readonly by?: string;
  /** Addresses of users who are members since, or whose permissions have changed. */
  readonly put?: readonly string[];
  readonly removed?: readonly string[];
  /** Users who wait to be let in. */
  readonly requests?: readonly string[];
}

export function groupEvent({ gid, name, epoch, status, ...rest }: GroupHappening, ts: number): HookEvent {
  const part = [rest.put, rest.removed, rest.requests].flatMap((users) => users?.[0] ?? []);
  const id = ['group', gid, epoch, status, ...part].join('.');
  return event(id, ts, { type: 'group', status, group: { gid, name }, ...rest });
}

function event(id: string, ts: number, fields: Readonly<Record<string, unknown>>): HookEvent {
  return { id, fields: { id, ts, ...fields } };
}

function messageFields({ special, content, ref, ...message }: HookMessage) {
  const { event, target } = special ?? { event: null, target: null };
  return {
    ...message,
    ...(ref === null ? {} : { ref }),
    ...(event === null ? {} : { event, target }),
    ...(content === null ? {} : { content: contentJson(unpackValue(content) as Content) }),
  };
}
