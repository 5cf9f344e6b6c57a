import { limits, type MessageAge } from '@stoa/protocol';
import {
  MESIBO_FLAG_BROADCAST,
  MESIBO_FLAG_DELIVERYRECEIPT,
  MESIBO_FLAG_FORWARDED,
  MESIBO_FLAG_MODIFY,
  MESIBO_FLAG_PRESENCE,
  MESIBO_FLAG_READRECEIPT,
  MESIBO_FLAG_TRANSIENT,
  MESIBO_MSGSTATUS_DATETIME,
} from '../constants/message.ts';
import { MESIBO_RESULT_AUTHFAIL, MESIBO_RESULT_BADREQ, MESIBO_RESULT_OK } from '../constants/result.ts';
import { type Context, sharedContext } from '../context.ts';
import { MesiboDateTime } from '../date-time.ts';
import { internal } from '../internal.ts';
import type { MesiboProfile } from '../profiles/profile.ts';
import { unsupported } from '../unsupported.ts';
import { applyContent, contentOf } from './content-mapping.ts';
import { MessageChanges } from './message-changes.ts';
import { type MessageDefaults, usualDefaults } from './message-defaults.ts';

/**
 * A message: received, sent, or being written.
 *
 * @example
 * const m = api.getProfile('bob', 0).newMessage();
 * m.message = 'Hello';
 * m.send();
 */
export class MesiboMessage extends MessageChanges {
  static forProfile(profile: MesiboProfile): MesiboMessage {
    return profile.newMessage();
  }
  static forPeer(address: string): MesiboMessage {
    return sharedContext().profiles.user(address).newMessage();
  }
  static forGroup(gid: number): MesiboMessage {
    return sharedContext().profiles.group(gid).newMessage();
  }

  /** Messages that are made from now on have the flags, expiry and age of this one, until initDefaults(). */
  static setDefaults({ flags, expiry, [internal]: { age, context } }: MesiboMessage): void {
    context.messages.defaults = { flags, expiry, age };
  }
  static initDefaults(): void {
    sharedContext().messages.defaults = usualDefaults;
  }

  /** Made by profile.newMessage(). */
  static to(context: Context, profile: MesiboProfile): MesiboMessage {
    const message = new MesiboMessage(context, 'message');
    message.setProfile(profile);
    message.setTimestampNow();
    message.take(context.messages.defaults);
    return message;
  }

  /** Gives it the usual flags, expiry and age, whatever setDefaults() has said. */
  initDefaults(): void {
    this.take(usualDefaults);
  }

  /** Whether it names a receiver and was not sent. */
  canSend(): boolean {
    const hasReceiver = this.groupid > 0 || this.peer !== '';
    return this.isMessage() && hasReceiver && this[internal].local === undefined;
  }

  /**
   * Puts it into the outbox. Its id is known at once; `Mesibo_onMessage` then reports it, `Mesibo_onMessageStatus`
   * what becomes of it.
   *
   * @returns MESIBO_RESULT_OK, or why it cannot be sent.
   */
  send(): number {
    return this[internal].context.messages.send(this);
  }

  /** Sends a failed message again. */
  resend(): number {
    return this[internal].context.messages.resend(this);
  }

  /** Sends `presence` to the peer instead of a message. */
  sendPresence(): number {
    const receiver = this.groupProfile ?? this.profile;
    if (receiver === null || this.presence === undefined) return MESIBO_RESULT_BADREQ;
    return receiver.newPresence().send(this.presence);
  }
  save(): number {
    return unsupported(this[internal].context, 'Saving a message without sending it');
  }
  /** Sends it to the back end of the application alone, see docs/webhooks.md. What fails is told to Mesibo_onError. */
  sendToWebhook(): number {
    const { context } = this[internal];
    const { client } = context;
    if (client === undefined) return MESIBO_RESULT_AUTHFAIL;
    client
      .request('webhooks.send', { content: contentOf(this), type: this.type })
      .catch((error) => context.fail(error));
    return MESIBO_RESULT_OK;
  }

  /** A copy for somebody else, to be sent with send(). */
  forward(profile: MesiboProfile): MesiboMessage {
    const copy = profile.newMessage();
    copy.type = this.type;
    copy.flags |= MESIBO_FLAG_FORWARDED;
    applyContent(copy, contentOf(this));
    copy[internal].forwarded += 1;
    return copy;
  }

  /** A new message that answers this one, to the same conversation. */
  reply(): MesiboMessage {
    return this.answerTo(this.groupProfile ?? this.profile);
  }
  /** The same, to the sender alone when this one came to a group. */
  replyToPeer(): MesiboMessage {
    return this.answerTo(this.profile);
  }
  setInReplyTo(id: number): void {
    const answered = this[internal].context.messages.find(id);
    this[internal].ref = answered?.[internal].local?.mid || id;
  }
  setInReplyToMessage(message: MesiboMessage): void {
    this[internal].ref = message[internal].local?.mid || message.mid;
  }
  /** Makes it an answer to this message, see docs/compatibility.md; 0: to none. */
  setThreadId(id: number): void {
    if (Number(id) > 0) this.setInReplyTo(Number(id));
    else this[internal].ref = undefined;
  }
  /**
   * The message that this one answers. When it was not loaded, null: it is looked for then, also at the server, and
   * Mesibo_onMessageUpdate tells of this message when it was found.
   */
  getRepliedToMessage(): MesiboMessage | null {
    const { ref, context, replied } = this[internal];
    if (ref === undefined) return null;
    if (replied instanceof MesiboMessage) return replied;
    const known = context.messages.find(ref);
    if (known === undefined) context.messages.seekReplied(this).catch(() => {});
    return known ?? null;
  }

  /**
   * A file: its URL; or a File, a Blob, the id of an input element or (in Node) a path, whose file is uploaded first when
   * the message is sent.
   */
  setContent(content: unknown): void {
    if (typeof content === 'string' && /^https?:/i.test(content)) this.fileurl = content;
    else this[internal].upload = content ?? undefined;
  }
  /** MESIBO_FILETYPE_*. */
  setContentType(type: number): void {
    this.filetype = type;
  }
  setThumbnail(thumbnail: Uint8Array): void {
    this.tn = thumbnail;
    this[internal].thumbnailUrl = undefined;
  }

  setType(type: number): void {
    this.type = type;
  }
  /** Seconds that it may wait for delivery; 0: only for who is online now. */
  setExpiry(seconds: number): void {
    this.expiry = seconds;
  }
  /** Seconds after which it disappears for everybody, from when it was sent; 0: never. The last age that is set holds. */
  setAge(seconds: number): void {
    this.setAgeFrom('sent', seconds);
  }
  setAgeAfterDelivered(seconds: number): void {
    this.setAgeFrom('delivered', seconds);
  }
  setAgeAfterRead(seconds: number): void {
    this.setAgeFrom('read', seconds);
  }
  setFlag(flags: number): void {
    this.flags = flags;
  }
  /** A 32-bit id of the application's choice; default: random. */
  setMessageId(id: number): void {
    this.mid = this.id = id >>> 0;
  }
  setPeer(address: string): void {
    this.setProfile(this[internal].context.profiles.user(address));
  }
  setGroup(gid: number): void {
    this.setProfile(this[internal].context.profiles.group(gid));
  }
  enableReadReceipt(on: boolean): void {
    this.setFlagBit(MESIBO_FLAG_READRECEIPT, on);
  }
  enableDeliveryReceipt(on: boolean): void {
    this.setFlagBit(MESIBO_FLAG_DELIVERYRECEIPT, on);
  }
  enableTransient(on: boolean): void {
    this.setFlagBit(MESIBO_FLAG_TRANSIENT, on);
  }
  enablePresence(on: boolean): void {
    this.setFlagBit(MESIBO_FLAG_PRESENCE, on);
  }
  /** A mark of the application for this device; it is not sent. */
  enableCustom(on: boolean): void {
    this[internal].isCustom = on;
  }
  enableModify(on: boolean): void {
    this.setFlagBit(MESIBO_FLAG_MODIFY, on);
  }
  enableBroadcast(on: boolean): void {
    this.setFlagBit(MESIBO_FLAG_BROADCAST, on);
  }
  setForwarded(_ids?: unknown): void {
    this.setFlagBit(MESIBO_FLAG_FORWARDED, true);
    this[internal].forwarded = Math.max(1, this[internal].forwarded);
  }
  setForwardedMid(_id?: unknown): void {
    this.setForwarded();
  }

  /** Anything of the application's own; it stays on this device and in this process. */
  setUserData(data: unknown): void {
    this[internal].userData = data;
  }
  getUserData(): unknown {
    return this[internal].userData;
  }
  setObject(data: unknown): void {
    this.setUserData(data);
  }
  getObject(): unknown {
    return this.getUserData();
  }

  /** What a view keeps with the message, beside the user data. */
  setUiContext(data: unknown): void {
    this[internal].uiContext = data;
  }
  getUiContext(): unknown {
    return this[internal].uiContext;
  }
  /** A number of the application, which travels with the message. */
  setSensitivity(sensitivity: number): void {
    this.setInt('sensitivity', sensitivity);
  }
  getSensitivity(): number {
    return this.getInt('sensitivity');
  }

  /** A row for lists that shows the date of this message: isDate() is true, isMessage() false. */
  cloneDate(): MesiboMessage {
    const row = new MesiboMessage(this[internal].context, 'date');
    row.mid = row.id = this.mid;
    row.peer = this.peer;
    row.groupid = this.groupid;
    row.profile = this.profile;
    row.groupProfile = this.groupProfile;
    row.ts = this.ts;
    row.date = this.date;
    row.origin = this.origin;
    row.status = MESIBO_MSGSTATUS_DATETIME;
    return row;
  }

  /** Until the server gives it its time. */
  setTimestampNow(): void {
    this.ts = Date.now();
    this.date = new MesiboDateTime(this.ts);
  }

  private take({ flags, expiry, age }: MessageDefaults): void {
    this.flags = flags;
    this.expiry = expiry;
    this[internal].age = age;
  }

  private setProfile(profile: MesiboProfile): void {
    const isGroup = profile.isGroup();
    this.groupid = profile.getGroupId();
    this.peer = isGroup ? '' : profile.getAddress();
    this.groupProfile = isGroup ? profile : null;
    this.profile = isGroup ? this[internal].context.profiles.self : profile;
  }

  private answerTo(profile: MesiboProfile | null): MesiboMessage {
    const answer = MesiboMessage.to(this[internal].context, profile ?? this[internal].context.profiles.self);
    answer.setInReplyToMessage(this);
    return answer;
  }

  private setAgeFrom(from: MessageAge['from'], seconds: number): void {
    const state = this[internal];
    if (seconds > 0) state.age = { seconds: Math.min(Math.ceil(seconds), limits.expirySeconds), from };
    else if (state.age?.from === from) state.age = undefined;
  }

  private setFlagBit(bit: number, on: boolean): void {
    this.flags = (on ? this.flags | bit : this.flags & ~bit) >>> 0;
  }
}
