import type { CallLog, MessageAge } from '@stoa/protocol';
import {
  MESIBO_FLAG_FORWARDED,
  MESIBO_MSGSTATUS_CALLINCOMING,
  MESIBO_MSGSTATUS_CALLMISSED,
  MESIBO_MSGSTATUS_CALLOUTGOING,
  MESIBO_MSGSTATUS_CUSTOM,
  MESIBO_MSGSTATUS_DELETED,
  MESIBO_MSGSTATUS_DELIVERED,
  MESIBO_MSGSTATUS_FAIL,
  MESIBO_MSGSTATUS_HEADER,
  MESIBO_MSGSTATUS_INVISIBLE,
  MESIBO_MSGSTATUS_OUTBOX,
  MESIBO_MSGSTATUS_READ,
  MESIBO_MSGSTATUS_RECEIVEDNEW,
  MESIBO_MSGSTATUS_RECEIVEDREAD,
  MESIBO_MSGSTATUS_SENT,
  MESIBO_MSGSTATUS_WIPED,
  MESIBO_ORIGIN_DBMESSAGE,
  MESIBO_ORIGIN_DBSUMMARY,
  MESIBO_ORIGIN_PENDING,
  MESIBO_ORIGIN_REALTIME,
} from '../constants/message.ts';
import { MesiboDateTime } from '../date-time.ts';
import { internal } from '../internal.ts';
import { guarded } from '../listeners.ts';
import type { MesiboProfile } from '../profiles/profile.ts';
import type { MesiboReadSession } from '../reading/read-session.ts';
import { MessageContent } from './message-content.ts';

/** What can be asked of a message. All of it is synchronous and cheap: templates ask on every digest. */
export class MessageReader extends MessageContent {
  getMessageId(): number {
    return this.mid;
  }
  getStatus(): number {
    return this.status;
  }
  /** Of an own message to a group, what Mesibo_onMessageStatus tells of one of its members; otherwise as getStatus(). */
  getCurrentStatus(): number {
    return this[internal].latestMember?.status ?? this.status;
  }
  /** Who has received or read it last; null before that, and where it is not known. */
  getCurrentStatusSender(): MesiboProfile | null {
    const { latestMember, context } = this[internal];
    if (latestMember !== undefined) return context.profiles.user(latestMember.user);
    return this.isDelivered() && this.isOutgoing() && !this.isGroupMessage() ? this.profile : null;
  }
  getType(): number {
    return this.type;
  }
  getExpiry(): number {
    return this.expiry ?? 0;
  }
  getOrigin(): number {
    return this.origin;
  }
  getTimestamp(): MesiboDateTime {
    return this.date;
  }
  getTime(seconds = false): string {
    return this.date.getTime(seconds);
  }

  isIncoming(): boolean {
    return this[internal].local?.outgoing === false;
  }
  isOutgoing(): boolean {
    return this.isMessage() && !this.isIncoming();
  }
  isInOutbox(): boolean {
    return this.status === MESIBO_MSGSTATUS_OUTBOX;
  }
  isMessageStatusInProgress(): boolean {
    return this.isInOutbox();
  }
  isSent(): boolean {
    return this.status === MESIBO_MSGSTATUS_SENT;
  }
  /** Delivered, whether read or not. */
  isDelivered(): boolean {
    return this.status === MESIBO_MSGSTATUS_DELIVERED || this.status === MESIBO_MSGSTATUS_READ;
  }
  isReadByPeer(): boolean {
    return this.status === MESIBO_MSGSTATUS_READ;
  }
  isReadByUs(): boolean {
    return this.status === MESIBO_MSGSTATUS_RECEIVEDREAD;
  }
  isUnread(): boolean {
    return this.status === MESIBO_MSGSTATUS_RECEIVEDNEW;
  }
  isFailed(): boolean {
    return this.status >= MESIBO_MSGSTATUS_FAIL;
  }
  isSavedMessage(): boolean {
    return false;
  }

  isMessage(): boolean {
    return this[internal].kind === 'message';
  }
  isDate(): boolean {
    return this[internal].kind === 'date';
  }
  isHeader(): boolean {
    return this.status === MESIBO_MSGSTATUS_HEADER;
  }
  isInvisible(): boolean {
    return this.status === MESIBO_MSGSTATUS_INVISIBLE;
  }
  isCustom(): boolean {
    return this[internal].isCustom || this.status === MESIBO_MSGSTATUS_CUSTOM;
  }
  isDynamic(): boolean {
    return this.isDate();
  }
  isPresence(): boolean {
    return false;
  }
  isUpdated(): boolean {
    return this.isModified() || this.isDeleted();
  }
  /** Its sender has changed it with sendUpdate(). */
  isModified(): boolean {
    const { local } = this[internal];
    return local?.edited !== undefined || local?.changing === 'edit';
  }
  isModifiedByPeer(): boolean {
    return this.isIncoming() && this.isModified();
  }
  isForwarded(): boolean {
    return this[internal].forwarded > 0 || (this.flags & MESIBO_FLAG_FORWARDED) !== 0;
  }
  isReply(): boolean {
    return this[internal].ref !== undefined;
  }
  /** Its sender has taken it back, or it was removed: nothing is left to show but that. */
  isDeleted(): boolean {
    return this.status === MESIBO_MSGSTATUS_DELETED;
  }
  /** wipe() was called on this device. */
  isWiped(): boolean {
    return this.status === MESIBO_MSGSTATUS_WIPED;
  }
  isEndToEndEncrypted(): boolean {
    return false;
  }
  isEndToEndEncryptionStatus(): boolean {
    return false;
  }
  isMatureContent(): boolean {
    return false;
  }

  /** It is the record of a call: status CALLMISSED, CALLINCOMING or CALLOUTGOING. */
  isCall(): boolean {
    return this.callLog !== undefined;
  }
  isMissedCall(): boolean {
    return this.status === MESIBO_MSGSTATUS_CALLMISSED;
  }
  /** Answered or declined here. */
  isIncomingCall(): boolean {
    return this.status === MESIBO_MSGSTATUS_CALLINCOMING;
  }
  isOutgoingCall(): boolean {
    return this.status === MESIBO_MSGSTATUS_CALLOUTGOING;
  }
  isVoiceCall(): boolean {
    return this.callLog?.video === false;
  }
  isVideoCall(): boolean {
    return this.callLog?.video === true;
  }
  isPstnCall(): boolean {
    return false;
  }
  /** Seconds that the two talked. */
  getCallDuration(): number {
    return this.callLog?.seconds ?? 0;
  }

  /** Arrived over the connection, just now or after waiting on the server: belongs at the end of a list. */
  isRealtimeMessage(): boolean {
    return this.origin === MESIBO_ORIGIN_REALTIME || this.origin === MESIBO_ORIGIN_PENDING;
  }
  isPendingMessage(): boolean {
    return this.origin === MESIBO_ORIGIN_PENDING;
  }
  isDbPendingMessage(): boolean {
    return this.isPendingMessage();
  }
  isDbMessage(): boolean {
    return this.origin === MESIBO_ORIGIN_DBMESSAGE;
  }
  isDbSummaryMessage(): boolean {
    return this.origin === MESIBO_ORIGIN_DBSUMMARY;
  }
  /** The last one of the batch that the read session just delivered. */
  isLastMessage(): boolean {
    return this[internal].isLastOfBatch;
  }
  getReadSession(): MesiboReadSession | null {
    return this[internal].session ?? null;
  }

  isGroupMessage(): boolean {
    return this.groupid > 0;
  }
  isDestinedFor(profile: MesiboProfile | null | undefined): boolean {
    return (
      profile !== null && profile !== undefined && this.compare(profile.getAddress(), profile.getGroupId())
    );
  }
  isFromSamePeer(other: MessageReader): boolean {
    return this.peer === other.peer && this.groupid === other.groupid;
  }
  /** Whether it belongs to the conversation with this user or group. */
  compare(peer: string, groupid = 0): boolean {
    return groupid > 0 ? this.groupid === groupid : this.groupid === 0 && this.peer === peer;
  }
  getProfile(): MesiboProfile | null {
    return this.profile;
  }
  getPeerProfile(): MesiboProfile | null {
    return this.profile;
  }
  getGroupProfile(): MesiboProfile | null {
    return this.groupProfile;
  }
  getSenderProfile(): MesiboProfile | null {
    return this.isOutgoing() ? this[internal].context.profiles.self : this.profile;
  }

  getInReplyTo(): number {
    return this.refid;
  }
  /** A thread is made of the answers to one message: its id, or 0. */
  getThreadId(): number {
    return this.refid;
  }

  /**
   * When it was delivered to the peer, as the server knows it; null when it was not, and when that cannot be told
   * without a connection. `peer` tells members of a group apart and may be null.
   */
  getDeliveryTimestamp(peer: string | null, callback: (time: MesiboDateTime | null) => void): void {
    this.withTime('delivered', peer, callback);
  }
  getReadTimestamp(peer: string | null, callback: (time: MesiboDateTime | null) => void): void {
    this.withTime('read', peer, callback);
  }

  /** Seconds after which it disappears for everybody, from when it was sent; 0: it does not. */
  getAge(): number {
    return this.ageFrom('sent');
  }
  getAgeAfterDelivered(): number {
    return this.ageFrom('delivered');
  }
  getAgeAfterRead(): number {
    return this.ageFrom('read');
  }

  private get callLog(): CallLog | undefined {
    return this[internal].local?.content?.call;
  }

  private ageFrom(from: MessageAge['from']): number {
    const { age } = this[internal];
    return age?.from === from ? age.seconds : 0;
  }

  private withTime(
    which: 'delivered' | 'read',
    peer: string | null,
    callback: (time: MesiboDateTime | null) => void,
  ): void {
    const { context, local, deliveredAt, readAt } = this[internal];
    // Of a group, what this device knows is of the first member.
    const isOfMember = this.isGroupMessage() && Boolean(peer);
    const known = isOfMember ? undefined : which === 'delivered' ? deliveredAt : readAt;
    const time =
      known === undefined ? context.messages.receiptTime(local, which, peer) : Promise.resolve(known);
    const tell = (ts?: number): void =>
      void guarded(callback, undefined, [ts === undefined ? null : new MesiboDateTime(ts)]);
    // Without its store, this device knows nothing.
    void time.then(tell, () => tell());
  }
}
