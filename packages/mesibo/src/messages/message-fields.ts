import type { LocalMessage } from '@stoa/client';
import type { Content, MessageAge } from '@stoa/protocol';
import {
  MESIBO_FLAG_DEFAULT,
  MESIBO_MSGSTATUS_OUTBOX,
  MESIBO_ORIGIN_REALTIME,
} from '../constants/message.ts';
import type { Context } from '../context.ts';
import { MesiboDateTime } from '../date-time.ts';
import { internal, setInternal } from '../internal.ts';
import type { MesiboProfile } from '../profiles/profile.ts';
import type { MesiboReadSession } from '../reading/read-session.ts';
import type { FileTransfer } from './file-transfer.ts';
import type { MemberStatus } from './member-statuses.ts';
import type { MesiboFile } from './message-file.ts';
import { type MesiboPayload, payloadOfBytes, payloadOfText } from './payload.ts';

/** What a message is besides text: rows that only structure a list are messages too in mesibo's API. */
export type MessageKind = 'message' | 'date';

export interface MessageInternals {
  readonly context: Context;
  readonly kind: MessageKind;
  /** The client's record; undefined until the message is sent. */
  local: LocalMessage | undefined;
  /** mid (of the server) of the message that this one answers. */
  ref: number | undefined;
  /** Values of setString and its like; they travel with the message. */
  fields: Record<string, unknown>;
  payload: MesiboPayload | undefined;
  thumbnailUrl: string | undefined;
  /** What setContent was given, when it is not a URL: something that would have to be uploaded. */
  upload: unknown;
  /** Of the file, once it is on its way. */
  transfer: FileTransfer | undefined;
  /** The application's own, never sent. */
  userData: unknown;
  uiContext: unknown;
  isCustom: boolean;
  isLastOfBatch: boolean;
  session: MesiboReadSession | undefined;
  /** Of the content, what has no place in this API. */
  unshown: Pick<Content, 'contacts' | 'preview'>;
  /** How often the content was forwarded until it came here. */
  forwarded: number;
  /** When it disappears. */
  age: MessageAge | undefined;
  /** The answered message is being looked for, or was. */
  isRepliedSought: boolean;
  replied: MessageFields | undefined;
  /** Of an own message to a group: who of its members had it last, and which of them have it. */
  latestMember: MemberStatus | undefined;
  readonly memberStatuses: Map<string, number>;
  /** When this device learned of it, in milliseconds since 1970. */
  deliveredAt: number | undefined;
  readAt: number | undefined;
}

/** Outside of any place on earth: no location. */
export const nowhere = -720;

/**
 * The data of a message: plain properties, so that applications and template engines can read, add and copy them.
 * For the meaning of ids see docs/compatibility.md.
 */
export class MessageFields {
  declare readonly [internal]: MessageInternals;

  /** The id by which this application knows the message; it never changes. */
  mid = 0;
  /** The v1 name of mid. */
  id = 0;
  /** The other side: sender of a received message, receiver of an own one; empty for own messages to a group. */
  peer = '';
  groupid = 0;
  /** Id of the read session that delivered it last. */
  rsid = 0;
  /** Milliseconds since 1970. */
  ts = 0;
  date = new MesiboDateTime();
  type = 0;
  channel = 0;
  /** MESIBO_FLAG_*. */
  flags = MESIBO_FLAG_DEFAULT;
  /** MESIBO_MSGSTATUS_*. */
  status: number = MESIBO_MSGSTATUS_OUTBOX;
  statusFlags = 0;
  /** MESIBO_ORIGIN_*. */
  origin: number = MESIBO_ORIGIN_REALTIME;
  /** Seconds that it may wait for delivery; 0: real-time only. Undefined: the server's limit. */
  expiry: number | undefined = undefined;
  /** Set by applications for sendPresence(); never on a received message. */
  presence: number | undefined = undefined;
  message = '';
  title = '';
  subtitle = '';
  footer = '';
  latitude = nowhere;
  longitude = nowhere;
  /** The peer; in a group, the sender. */
  profile: MesiboProfile | null = null;
  groupProfile: MesiboProfile | null = null;
  file: MesiboFile | null = null;
  /** The v1 shape of a file; undefined where there is none. */
  filetype: number | undefined = undefined;
  fileurl: string | undefined = undefined;
  launchurl: string | undefined = undefined;
  tn: Uint8Array | undefined = undefined;
  size: number | undefined = undefined;

  constructor(context: Context, kind: MessageKind) {
    setInternal(this, {
      context,
      kind,
      local: undefined,
      ref: undefined,
      fields: {},
      payload: undefined,
      thumbnailUrl: undefined,
      upload: undefined,
      transfer: undefined,
      userData: undefined,
      uiContext: undefined,
      isCustom: false,
      isLastOfBatch: false,
      session: undefined,
      unshown: {},
      forwarded: 0,
      age: undefined,
      isRepliedSought: false,
      replied: undefined,
      latestMember: undefined,
      memberStatuses: new Map(),
      deliveredAt: undefined,
      readAt: undefined,
    } satisfies MessageInternals);
  }

  /** The raw payload: what was set, or the bytes of the text. It reads as text too. */
  get data(): MesiboPayload {
    return this[internal].payload ?? payloadOfText(this.message);
  }

  set data(data: string | ArrayBuffer | ArrayBufferView) {
    if (typeof data !== 'object') this[internal].payload = payloadOfText(String(data));
    else if (!ArrayBuffer.isView(data)) this[internal].payload = payloadOfBytes(new Uint8Array(data));
    else
      this[internal].payload = payloadOfBytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  /** Id of the message that this one answers; 0 when it answers none. */
  get refid(): number {
    const { ref, context } = this[internal];
    return ref === undefined ? 0 : context.messages.idOf(ref);
  }

  /** The v1 name of flags. */
  get flag(): number {
    return this.flags;
  }

  set flag(flags: number) {
    this.flags = flags;
  }
}
