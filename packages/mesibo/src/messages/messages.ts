import { type Client, type LocalMessage, targetOf } from '@stoa/client';
import { StoaError } from '@stoa/protocol';
import { MESIBO_FLAG_MODIFY, MESIBO_MSGSTATUS_OUTBOX } from '../constants/message.ts';
import {
  MESIBO_RESULT_AUTHFAIL,
  MESIBO_RESULT_BADREQ,
  MESIBO_RESULT_FAIL,
  MESIBO_RESULT_OK,
} from '../constants/result.ts';
import type { Context } from '../context.ts';
import { internal } from '../internal.ts';
import type { MesiboProfile } from '../profiles/profile.ts';
import { randomId } from '../random-id.ts';
import { findStored } from '../reading/find-stored.ts';
import { resultOf } from '../result.ts';
import { applyContent, applyLocal, contentOf, draftOf } from './content-mapping.ts';
import { MesiboMessage } from './message.ts';
import { type MessageDefaults, usualDefaults } from './message-defaults.ts';
import type { MessageReader } from './message-reader.ts';
import { failureStatus } from './message-status.ts';
import { Uploads } from './uploads.ts';

/**
 * The messages of one instance by their ids: one and the same message is always reported as the same object, as
 * long as anybody holds it (nobody can tell the difference afterwards).
 */
export class Messages {
  defaults: MessageDefaults = usualDefaults;
  private readonly context: Context;
  private readonly byKey = new Map<string, WeakRef<MesiboMessage>>();
  private readonly collected = new FinalizationRegistry<string>((key) => {
    if (this.byKey.get(key)?.deref() === undefined) this.byKey.delete(key);
  });

  readonly uploads: Uploads;
  /** Handed to the client, which has not told of them yet. */
  private readonly untold = new Set<MesiboMessage>();

  constructor(context: Context) {
    this.context = context;
    this.uploads = new Uploads(context);
  }

  /** The object for a message that the client reports, up to date with it. `before`: what it was until now. */
  report(local: LocalMessage, before?: LocalMessage): MesiboMessage {
    const message = this.uploads.messageOf(local) ?? this.known(local, before) ?? this.make(local);
    this.untold.delete(message);
    applyLocal(message, local);
    this.index(message, local);
    return message;
  }

  /** The object for a message read from the store. One that is known is newer than what was read. */
  stored(local: LocalMessage): MesiboMessage {
    return this.known(local) ?? this.report(local);
  }

  /** The same, if anybody holds it. */
  known(local: LocalMessage, before?: LocalMessage): MesiboMessage | undefined {
    const keys = before === undefined ? keysOf(local) : [...keysOf(local), ...keysOf(before)];
    for (const key of keys) {
      const message = this.lookUp(key);
      if (message !== undefined) return message;
    }
    return undefined;
  }

  /** The message with this id (as the application knows it, or the server), if anybody holds it. */
  find(id: number | string): MesiboMessage | undefined {
    return this.lookUp(`v${id}`) ?? this.lookUp(`m${id}`);
  }

  /** Own messages of a conversation that anybody holds. */
  ownIn(conversation: LocalMessage['conversation']): Set<MesiboMessage> {
    const own = new Set<MesiboMessage>();
    for (const reference of this.byKey.values()) {
      const message = reference.deref();
      const local = message?.[internal].local;
      if (message !== undefined && local?.outgoing && local.conversation === conversation) own.add(message);
    }
    return own;
  }

  /** The id by which the application knows a message that the server calls `mid`. */
  idOf(mid: number): number {
    return this.lookUp(`m${mid}`)?.mid ?? mid;
  }

  /** The server's id of the message that an application names; 0 for none. */
  serverIdOf(id: number | string): number {
    return this.find(id)?.[internal].local?.mid || Number(id) || 0;
  }

  /** MESIBO_RESULT_*. When it fails, the message is reported as failed too: user interfaces show what was typed. */
  send(message: MesiboMessage): number {
    const { client } = this.context;
    if (client === undefined) return MESIBO_RESULT_AUTHFAIL;
    const changed = message.flags & MESIBO_FLAG_MODIFY ? this.find(message.mid) : undefined;
    if (changed?.isOutgoing()) return this.sendAsUpdate(changed, message);
    if (message.flags & MESIBO_FLAG_MODIFY && message.mid !== 0)
      return this.sendAsStoredUpdate(client, message);
    return this.sendNew(client, message);
  }

  private sendNew(client: Client, message: MesiboMessage): number {
    const { local, upload } = message[internal];
    if (local !== undefined || !message.isMessage()) return MESIBO_RESULT_BADREQ;
    if (upload !== undefined) {
      if (this.uploads.begin(client, message)) return MESIBO_RESULT_OK;
      return this.refuse(message, undefined);
    }
    try {
      const target = message.groupid > 0 ? { gid: message.groupid } : { peer: message.peer };
      const sending = client.send(target, draftOf(message));
      this.adopt(message, sending.message);
      this.untold.add(message);
      sending.sent.catch((error) => this.notKept(message, error));
      return MESIBO_RESULT_OK;
    } catch (error) {
      return this.refuse(message, error);
    }
  }

  /** The device could not store it: nobody has seen what was typed. Every other failure comes as an update. */
  private notKept(message: MesiboMessage, error: unknown): void {
    if (!this.untold.delete(message)) return;
    message[internal].local = undefined;
    this.refuse(message, error);
  }

  /** Puts a failed message into the outbox again, or uploads its file once more. */
  resend(message: MesiboMessage): number {
    const { client } = this.context;
    const { local, upload } = message[internal];
    if (client === undefined) return MESIBO_RESULT_AUTHFAIL;
    if (local === undefined && upload !== undefined && message.isFailed()) {
      return this.uploads.again(client, message) ? MESIBO_RESULT_OK : MESIBO_RESULT_FAIL;
    }
    if (local === undefined && message.isFailed()) {
      message.status = MESIBO_MSGSTATUS_OUTBOX;
      this.uploads.shown(message);
      return this.sendNew(client, message);
    }
    if (local?.status !== 'failed' && local?.status !== 'blocked') return MESIBO_RESULT_BADREQ;
    const sending = client.resend(local);
    this.adopt(message, sending.message);
    sending.sent.catch(() => {});
    return MESIBO_RESULT_OK;
  }

  /** Forgets all of them: they belonged to another user. */
  clear(): void {
    this.untold.clear();
    this.byKey.clear();
  }

  /**
   * When a message reached its receiver (in a group: `peer`, or the first of its members), in milliseconds since 1970: as
   * the server says, without a connection as far as this device knows. Undefined when it did not, or it is not known.
   */
  async receiptTime(
    local: LocalMessage | undefined,
    which: 'delivered' | 'read',
    peer: string | null,
  ): Promise<number | undefined> {
    const { client } = this.context;
    if (client === undefined || local === undefined || local.seq === 0) return undefined;
    const isOfMember = Boolean(peer) && 'gid' in targetOf(local.conversation);
    try {
      const times = await client.receiptTimes(local);
      const known = times
        .filter(({ user }) => !isOfMember || user === peer)
        .flatMap(({ deliveredAt, readAt }) => (which === 'delivered' ? deliveredAt : readAt) ?? [])
        .sort((a, b) => a - b);
      return known[0];
    } catch {
      return isOfMember ? undefined : this.cursorTime(client, local, which);
    }
  }

  /** Tells the application that a message says something else now. */
  tellUpdated(message: MessageReader): void {
    const known = this.find(message.mid);
    if (known !== undefined) this.context.listeners.notify('MessageUpdate', known);
  }

  /** Looks for a message that is answered, here and at the server; tells of the answer when it is found. */
  async seekReplied(answer: MessageReader): Promise<void> {
    const state = answer[internal];
    const { client } = this.context;
    if (state.isRepliedSought || state.local === undefined || client === undefined) return;
    state.isRepliedSought = true;
    const found = await client.repliedTo(state.local);
    if (found === undefined) return;
    // Held by the answer, so that nobody has to look again.
    state.replied = this.stored(found);
    this.tellUpdated(answer);
  }

  /** When the peer got as far as exactly this message. */
  private async cursorTime(
    client: Client,
    local: LocalMessage,
    which: 'delivered' | 'read',
  ): Promise<number | undefined> {
    const cursor = (await client.conversation(targetOf(local.conversation)))?.peerCursor;
    if (cursor === undefined || cursor[which] !== local.seq) return undefined;
    return which === 'delivered' ? cursor.deliveredAt : cursor.readAt;
  }

  /** A message with the modify flag and the id of a sent one changes that one. */
  private sendAsUpdate(changed: MesiboMessage, message: MesiboMessage): number {
    applyContent(changed, contentOf(message));
    return changed.sendUpdate();
  }

  /** The same for one that nobody shows; when it is not on this device, the message is a new one. */
  private sendAsStoredUpdate(client: Client, message: MesiboMessage): number {
    findStored(client, message.mid)
      .then((stored) =>
        stored?.outgoing ? this.sendAsUpdate(this.stored(stored), message) : this.sendNew(client, message),
      )
      .catch((error) => this.context.fail(error));
    return MESIBO_RESULT_OK;
  }

  private adopt(message: MesiboMessage, local: LocalMessage): void {
    applyLocal(message, local);
    message.mid = local.localId;
    message.id = local.localId;
    this.index(message, local);
  }

  private refuse(message: MesiboMessage, error: unknown): number {
    const isShown = this.uploads.end(true, message.mid);
    if (message.mid === 0) message.mid = message.id = randomId();
    message.status = failureStatus(error instanceof StoaError ? error.code : undefined);
    message.setTimestampNow();
    queueMicrotask(() => {
      if (!isShown) this.context.listeners.message(message, true);
      this.context.listeners.notify('MessageStatus', message);
    });
    return resultOf(error);
  }

  private make(local: LocalMessage): MesiboMessage {
    const target = targetOf(local.conversation);
    const message = new MesiboMessage(this.context, 'message');
    message.mid = message.id = idOf(local);
    if ('gid' in target) {
      message.groupid = target.gid;
      message.groupProfile = this.context.profiles.group(target.gid);
      message.peer = local.outgoing ? '' : local.from;
      message.profile = local.outgoing ? this.context.profiles.self : this.profileOf(local.from);
    } else {
      message.peer = target.peer;
      message.profile = this.profileOf(target.peer);
    }
    return message;
  }

  private profileOf(address: string): MesiboProfile {
    return this.context.profiles.user(address);
  }

  private index(message: MesiboMessage, local: LocalMessage): void {
    const keys = [...keysOf(local), `v${message.mid}`].filter((key) => this.lookUp(key) !== message);
    if (keys.length === 0) return;
    const reference = new WeakRef(message);
    for (const key of keys) {
      this.byKey.set(key, reference);
      this.collected.register(message, key);
    }
  }

  private lookUp(key: string): MesiboMessage | undefined {
    return this.byKey.get(key)?.deref();
  }
}

/**
 * The id under which this device's application knows a message: its own 32-bit id for what it sent itself, because
 * it has that id from send() on and never sees it change; the server's for everything else.
 */
function idOf(local: LocalMessage): number {
  return local.id === 0 ? local.mid : local.localId;
}

/** By the server's id once it gave one, and by the id of the send for what was sent from here. */
function keysOf(local: LocalMessage): string[] {
  const keys: string[] = [];
  if (local.mid !== 0) keys.push(`m${local.mid}`);
  if (local.id !== 0) keys.push(`i${local.id}`);
  return keys;
}
