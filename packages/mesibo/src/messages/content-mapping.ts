import type { Draft, LocalMessage } from '@stoa/client';
import { type Content, limits } from '@stoa/protocol';
import { MESIBO_FLAG_TRANSIENT, MESIBO_MSGSTATUS_WIPED } from '../constants/message.ts';
import { MesiboDateTime } from '../date-time.ts';
import { internal } from '../internal.ts';
import { randomId } from '../random-id.ts';
import { nowhere } from './message-fields.ts';
import { MesiboFile } from './message-file.ts';
import type { MessageReader } from './message-reader.ts';
import { messageStatus } from './message-status.ts';
import { payloadOfBytes } from './payload.ts';

/** Bits from 2^32 on are marks of the device's own. */
const sentFlags = 2 ** 32;

/** What the client is to send for a message. */
export function draftOf(message: MessageReader): Draft {
  const { ref, age } = message[internal];
  const flags = message.flags % sentFlags;
  const isRealtimeOnly = message.expiry === 0;
  return {
    content: contentOf(message),
    type: message.type,
    flags: isRealtimeOnly ? (flags | MESIBO_FLAG_TRANSIENT) >>> 0 : flags,
    ...(message.expiry === undefined || isRealtimeOnly
      ? {}
      : { expiry: Math.min(message.expiry, limits.expirySeconds) }),
    localId: message.mid === 0 ? randomId() : message.mid,
    ...(ref === undefined ? {} : { ref }),
    ...(age === undefined ? {} : { age }),
  };
}

export function contentOf(message: MessageReader): Content {
  const { payload, fields, forwarded } = message[internal];
  const content: Content = {};
  const text = textOf(message.message);
  if (text !== '') content.text = text;
  for (const name of ['title', 'subtitle', 'footer'] as const) {
    const said = textOf(message[name]);
    if (said !== '') content[name] = said;
  }
  if (payload !== undefined) content.data = payload;
  if (message.hasLocation()) {
    content.latitude = message.latitude;
    content.longitude = message.longitude;
  }
  const file = fileOf(message);
  if (file !== undefined) content.file = file;
  const all = {
    ...fields,
    ...(message.launchurl === undefined ? {} : { launchurl: message.launchurl }),
    ...(message.channel === 0 ? {} : { channel: message.channel }),
  };
  if (Object.keys(all).length > 0) content.fields = all;
  if (forwarded > 0) content.forwarded = forwarded;
  // They have no place in this API, and are not lost by a change of the text or by being sent on.
  const { contacts, preview } = message[internal].unshown;
  if (contacts !== undefined) content.contacts = contacts;
  if (preview !== undefined && content.text?.includes(preview.url)) content.preview = preview;
  return content;
}

/** Applications set numbers, too. */
function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function fileOf(message: MessageReader): Content['file'] {
  if (message.fileurl === undefined || message.fileurl === '') return undefined;
  // What else is known of the file that came with a message goes on with it.
  const source = message.file?.url === message.fileurl ? message.file[internal].source : undefined;
  return {
    ...source,
    url: message.fileurl,
    type: message.filetype ?? 0,
    ...(message.file?.name ? { name: message.file.name } : {}),
    ...(message.size === undefined ? {} : { size: message.size }),
    ...(message.tn === undefined ? {} : { thumbnail: message.tn }),
  };
}

/** Brings a message up to date with what the client knows of it. */
export function applyLocal(message: MessageReader, local: LocalMessage): void {
  const state = message[internal];
  const before = state.local;
  if (before === local) return;
  state.local = local;
  state.ref = local.ref;
  message.status = messageStatus(local);
  message.flags = local.flags;
  message.type = local.type;
  if (message.ts !== local.ts) {
    message.ts = local.ts;
    message.date = new MesiboDateTime(local.ts);
  }
  state.age = local.age;
  if (before?.content !== local.content || before === undefined) applyContent(message, local.content ?? {});
  if (isWiped(message, local)) showWiped(message);
}

export function applyContent(message: MessageReader, content: Content): void {
  const state = message[internal];
  message.message = content.text ?? '';
  message.title = content.title ?? '';
  message.subtitle = content.subtitle ?? '';
  message.footer = content.footer ?? '';
  state.payload = content.data === undefined ? undefined : payloadOfBytes(content.data);
  state.forwarded = content.forwarded ?? 0;
  state.unshown = content;
  state.thumbnailUrl = undefined;
  const isSomewhere = content.latitude !== undefined && content.longitude !== undefined;
  message.latitude = isSomewhere ? (content.latitude ?? nowhere) : nowhere;
  message.longitude = isSomewhere ? (content.longitude ?? nowhere) : nowhere;
  const file = content.file !== undefined && isHarmless(content.file.url) ? content.file : undefined;
  message.file = file === undefined ? null : new MesiboFile(file, state.context.client?.files);
  message.filetype = message.file?.type;
  message.fileurl = message.file?.url;
  message.size = message.file?.size;
  message.tn = file?.thumbnail;
  holdLink(message);
  const { launchurl, channel, ...fields } = content.fields ?? {};
  state.fields = fields;
  message.launchurl = typeof launchurl === 'string' && isHarmless(launchurl) ? launchurl : undefined;
  message.channel = typeof channel === 'number' ? channel : 0;
}

/** When the link to the file has run out, a new one is asked for, and the application told. */
function holdLink(message: MessageReader): void {
  const { file } = message;
  const renewing = file?.hold();
  if (file === null || renewing === undefined) return;
  const { url } = file;
  renewing.then(() => {
    if (message.file !== file || file.url === url) return;
    message.fileurl = file.url;
    const { messages, listeners } = message[internal].context;
    const reported = messages.find(message.mid);
    if (reported === message) listeners.notify('MessageUpdate', reported);
  });
}

/** From now on only a mark of the message is shown on this device. */
export function markWiped(message: MessageReader, local: LocalMessage): void {
  message[internal].context.keys.set(wipedKey(local), '1');
  showWiped(message);
}

function isWiped(message: MessageReader, local: LocalMessage): boolean {
  return local.mid !== 0 && message[internal].context.keys.get(wipedKey(local)) !== undefined;
}

function showWiped(message: MessageReader): void {
  applyContent(message, {});
  message.status = MESIBO_MSGSTATUS_WIPED;
}

function wipedKey({ conversation, mid }: LocalMessage): string {
  return `wiped:${conversation}/${mid}`;
}

/** Applications make links of URLs that strangers send: one with a script in it must not get that far. */
function isHarmless(url: string): boolean {
  return /^(https?|data|blob):/i.test(url);
}
