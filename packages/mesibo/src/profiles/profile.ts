import type { Target } from '@stoa/client';
import { MESIBO_ACTIVITY_TYPING } from '../constants/presence.ts';
import { MESIBO_RESULT_AUTHFAIL, MESIBO_RESULT_OK } from '../constants/result.ts';
import { MesiboDateTime } from '../date-time.ts';
import { internal } from '../internal.ts';
import { MesiboMessage } from '../messages/message.ts';
import type { MessageReader } from '../messages/message-reader.ts';
import { fillFromParams, type V1File } from '../messages/v1-params.ts';
import { MesiboPresence } from '../presence/presence.ts';
import { deleteOlderThan } from '../reading/delete-older.ts';
import { counted, countMessages, matchesCount } from '../reading/message-count.ts';
import { MesiboReadSession, type SessionListener } from '../reading/read-session.ts';
import { resultOf } from '../result.ts';
import { ProfileGroup } from './profile-group.ts';

/**
 * A user or a group. The same object is returned for the same user or group every time, and applications may add
 * properties to it.
 *
 * @example
 * const bob = api.getProfile('bob', 0);
 * bob.sendTyping();
 * const session = bob.createReadSession(listener);
 */
export class MesiboProfile extends ProfileGroup {
  /** A new message to this user or group. */
  newMessage(): MesiboMessage {
    return MesiboMessage.to(this[internal].context, this);
  }
  newPresence(): MesiboPresence {
    return new MesiboPresence(this[internal].context, this, this.getGroupProfile(), 0, 0);
  }
  /** Of a group: itself, as in mesibo's JavaScript; null for a user. */
  getGroupProfile(): MesiboProfile | null {
    return this.isGroup() ? this : null;
  }

  isOnline(): boolean {
    return this[internal].presence.isOnline();
  }
  isTyping(): boolean {
    return this.isTypingInGroup(0);
  }
  isTypingInGroup(gid: number): boolean {
    return this[internal].presence.isTyping(gid, Date.now());
  }
  /** The user has the conversation with this user open. */
  isChatting(): boolean {
    return this.isChattingInGroup(0);
  }
  isChattingInGroup(gid: number): boolean {
    return this[internal].presence.isChatting(gid);
  }
  /** Null when it is not known. */
  getLastSeen(): MesiboDateTime | null {
    const seen = this[internal].presence.lastSeen(Date.now());
    return seen === undefined ? null : new MesiboDateTime(seen);
  }
  sendTyping(): number {
    return this.newPresence().sendTyping();
  }
  sendJoined(): number {
    return this.newPresence().sendJoined();
  }
  sendLeft(): number {
    return this.newPresence().sendLeft();
  }

  /** @param listener an object whose Mesibo_onMessage gets the messages, a function that gets their number, or null. */
  createReadSession(listener?: SessionListener): MesiboReadSession {
    return new MesiboReadSession(listener, { context: this[internal].context, target: this.target() });
  }
  /** The v1 form. */
  readDbSession(query: string | null, listener?: SessionListener): MesiboReadSession {
    const session = this.createReadSession(listener);
    session.setQuery(query ?? '');
    return session;
  }
  /** Number of unread messages. */
  unread(): number {
    return this[internal].unread;
  }
  /** `thread`: the answers to this message; 0: all. `status`: MESIBO_MSGSTATUS_*, or -1 all, -2 sent, -3 received, -4 failed. */
  getMessageCount(thread: number | string = 0, status: number = counted.all): Promise<number> {
    const { context } = this[internal];
    const ref = context.messages.serverIdOf(thread);
    const matches = matchesCount(status);
    return countMessages(
      context,
      this.target(),
      (message) => matches(message) && (ref === 0 || message.ref === ref),
    );
  }
  getTotalMessageCount(thread: number | string = 0): Promise<number> {
    return this.getMessageCount(thread);
  }
  getSentMessageCount(thread: number | string = 0): Promise<number> {
    return this.getMessageCount(thread, counted.sent);
  }
  getReceivedMessageCount(thread: number | string = 0): Promise<number> {
    return this.getMessageCount(thread, counted.received);
  }
  getFailedMessageCount(thread: number | string = 0): Promise<number> {
    return this.getMessageCount(thread, counted.failed);
  }
  getUnreadMessageCount(): number {
    return this.unread();
  }
  markRead(sendReceipt = true): number {
    const { client, context } = this.connection();
    if (client === undefined) return MESIBO_RESULT_AUTHFAIL;
    client.markRead(this.target(), { receipt: sendReceipt }).catch((error) => context.fail(error));
    return MESIBO_RESULT_OK;
  }

  /** Marks the conversation, to come back to it; on all devices of the user, until markRead(). */
  markUnread(): number {
    const { client, context } = this.connection();
    if (client === undefined) return MESIBO_RESULT_AUTHFAIL;
    client.markUnread(this.target()).catch((error) => context.fail(error));
    return MESIBO_RESULT_OK;
  }
  isMarkedUnread(): boolean {
    return this[internal].isMarkedUnread;
  }

  /**
   * Deletes the messages of the conversation for this user, on all of his devices; with `ts`, those until then.
   * Resolves to MESIBO_RESULT_*.
   */
  async deleteMessages(ts = 0): Promise<number> {
    const { context } = this.connection();
    try {
      const client = await context.whenClient();
      if (ts > 0) await deleteOlderThan(client, this.target(), ts);
      else await client.clearConversation(this.target());
      context.sessions.removeOlderThan(this.target(), ts > 0 ? ts : Number.POSITIVE_INFINITY);
      return MESIBO_RESULT_OK;
    } catch (error) {
      return resultOf(error);
    }
  }
  clearMessages(ts = 0): Promise<number> {
    return this.deleteMessages(ts);
  }
  deleteMessagesOlderThan(seconds: number): Promise<number> {
    return this.deleteMessages(Date.now() - seconds * 1000);
  }

  /** The v1 forms of newMessage().send(); `id`: 32 bits of the application's choice. */
  sendMessage(id: number, text: string): number {
    const message = this.newMessage();
    fillFromParams(message, { id, message: text });
    return message.send();
  }
  sendFile(id: number, file: V1File): number {
    const message = this.newMessage();
    fillFromParams(message, { id, ...file });
    return message.send();
  }
  /** `interval`: seconds, or milliseconds from 1000 on. */
  sendActivity(_id: number, activity: number = MESIBO_ACTIVITY_TYPING, _mid = 0, interval = 0): number {
    const seconds = interval >= 1000 ? Math.ceil(interval / 1000) : interval;
    return this.newPresence().send(activity, 0, seconds);
  }

  /** On all devices of the user; contacts see what he shows to them. */
  setContact(on = true): void {
    const { context } = this[internal];
    if (this.isGroup() || this.address === '') return;
    this[internal].isContact = on;
    context
      .whenClient()
      .then((client) => (on ? client.contacts.add(this.address) : client.contacts.remove(this.address)))
      .catch((error) => context.fail(error));
  }
  isContact(): boolean {
    return this[internal].isContact;
  }
  subscribe(on: boolean): void {
    this.mark('subscribed', on);
  }
  isSubscribed(): boolean {
    return this.isMarked('subscribed');
  }

  /** False for a group of which the user is no member, once that is known. */
  isActive(): boolean {
    return this[internal].isActive;
  }
  isLookedup(): boolean {
    return this.isProfileSynced();
  }
  /** Whether the server has told this device the name. */
  isProfileSynced(): boolean {
    return this[internal].serverName !== '';
  }
  isValidDestination(): boolean {
    return this.isGroup() || this.address !== '';
  }
  getUid(): number {
    return this.isSelfProfile() ? (this[internal].context.client?.self?.uid ?? 0) : 0;
  }
  matches(message: MessageReader): boolean {
    return message.isDestinedFor(this);
  }
  /** The same for the same user or group, on all devices. */
  getHashCode(): number {
    let hash = this.groupid;
    for (const character of this.address)
      hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
    return hash;
  }
  /** Another object for the same user or group: what is set of it shows here after its save() and reload(). */
  cloneProfile(): MesiboProfile {
    const { context, profiles, ...state } = this[internal];
    const copy = new MesiboProfile(context, profiles, this.address, this.groupid);
    const { saved, told, serverName, temporaryName, group } = state;
    Object.assign(copy[internal], { saved: { ...saved }, told, serverName, temporaryName, group });
    copy.refreshName();
    return copy;
  }

  protected override asProfile(): MesiboProfile {
    return this;
  }

  private target(): Target {
    return this.isGroup() ? { gid: this.groupid } : { peer: this.address };
  }

  private connection() {
    const { context } = this[internal];
    return { context, client: context.client };
  }
}
