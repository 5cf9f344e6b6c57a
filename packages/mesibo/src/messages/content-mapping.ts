import type { Draft, LocalMessage } from '@stoa/client';
import { type Content, limits } from '@stoa/protocol';
import { MESIBO_FLAG_TRANSIENT } from '../constants/message.ts';
import { MesiboDateTime } from '../date-time.ts';
import { internal } from '../internal.ts';
import { randomId } from '../random-id.ts';
import { MesiboFile } from './message-file.ts';
import type { MessageReader } from './message-reader.ts';
import { messageStatus } from './message-status.ts';
import { payloadOfBytes } from './payload.ts';

/** Bits from 2^32 on are marks of the device's own. */
const sentFlags = 2 ** 32;

/** What the client is to send for a message. */
export function draftOf(message: MessageReader): Draft {
  const { ref } = message[internal];
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
  };
}

export function contentOf(message: MessageReader): Content {
  const { payload, fields } = message[internal];
  const content: Content = {};
  if (message.message !== '') content.text = message.message;
  if (message.title !== '') content.title = message.title;
  if (message.subtitle !== '') content.subtitle = message.subtitle;
  if (message.footer !== '') content.footer = message.footer;
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
  return content;
}

function fileOf(message: MessageReader): Content['file'] {
  if (message.fileurl === undefined || message.fileurl === '') return undefined;
  return {
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
  if (before?.content !== local.content || before === undefined) applyContent(message, local.content ?? {});
}

export function applyContent(message: MessageReader, content: Content): void {
  const state = message[internal];
  message.message = content.text ?? '';
  message.title = content.title ?? '';
  message.subtitle = content.subtitle ?? '';
  message.footer = content.footer ?? '';
  state.payload = content.data === undefined ? undefined : payloadOfBytes(content.data);
  if (content.latitude !== undefined && content.longitude !== undefined) {
    message.latitude = content.latitude;
    message.longitude = content.longitude;
  }
  if (content.file !== undefined && isHarmless(content.file.url)) {
    message.file = new MesiboFile(content.file);
    message.filetype = message.file.type;
    message.fileurl = message.file.url;
    message.size = message.file.size;
    message.tn = content.file.thumbnail;
  }
  const { launchurl, channel, ...fields } = content.fields ?? {};
  state.fields = fields;
  if (typeof launchurl === 'string' && isHarmless(launchurl)) message.launchurl = launchurl;
  if (typeof channel === 'number') message.channel = channel;
}

/** Applications make links of URLs that strangers send: one with a script in it must not get that far. */
function isHarmless(url: string): boolean {
  return /^(https?|data|blob):/i.test(url);
}
