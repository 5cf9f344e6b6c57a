import type { StoaError } from '@stoa/protocol';
import type { ActiveCall } from './calls/active-call.ts';
import type {
  MesiboGroupMember,
  MesiboGroupPin,
  MesiboGroupSettings,
  MesiboMemberPermissions,
} from './groups/group-objects.ts';
import type { FileTransfer } from './messages/file-transfer.ts';
import type { MesiboMessage } from './messages/message.ts';
import type { MesiboPayload } from './messages/payload.ts';
import type { MesiboPresence } from './presence/presence.ts';
import type { MesiboProfile } from './profiles/profile.ts';
import type { MesiboParticipant } from './rooms/index.ts';

/** Callbacks by the part of their name after `Mesibo_on`, which the v1 generation writes `Mesibo_On`. */
interface Callbacks {
  /** One of MESIBO_STATUS_*. */
  ConnectionStatus(status: number, value: number): unknown;
  /**
   * A message: received, sent, or read by a read session. `null` on the listener of a read session says that the
   * database has no more. Under its v1 name it is called neither with null nor for messages that this user sent.
   */
  Message(message: MesiboMessage | null, data: MesiboPayload | null): unknown;
  MessageUpdate(message: MesiboMessage): unknown;
  /** The status of an own message changed; always the same object as was sent. */
  MessageStatus(message: MesiboMessage): unknown;
  /** Return false to drop a received message. */
  MessageFilter(message: MesiboMessage): unknown;
  Presence(presence: MesiboPresence): unknown;
  PresenceRequest(presence: MesiboPresence): unknown;
  Activity(presence: MesiboPresence, activity: number, value: number): unknown;
  /** Somebody calls: it rings until it is answered, hung up or over. */
  Call(callId: number, from: string, video: boolean): unknown;
  /** MESIBO_CALLSTATUS_*. `video`: whether it is a video call; with MUTE and UNMUTE, whether it is about the video. */
  CallStatus(callId: number, status: number, video: boolean): unknown;
  /** True: the browser asks its user for microphone and camera. False: he has answered. */
  Permission(on: boolean): unknown;
  /** The own microphone, and the camera if it is wanted, are open. */
  LocalMedia(stream: MediaStream): unknown;
  /** The file of an own message is on its way, is there, or could not be sent: see the fields of the transfer. */
  FileTransferProgress(transfer: FileTransfer): unknown;
  /** True: the application uploads the file itself, and calls setResult() of the transfer. */
  StartFileTransfer(transfer: FileTransfer): unknown;
  /** A transfer is stopped, by cancel() or stopFileTransfer(): an application that uploads the file itself stops, too. */
  StopFileTransfer(transfer: FileTransfer): unknown;
  Error(error: StoaError): unknown;
  ProfileUpdated(profile: MesiboProfile): unknown;
  CustomizeProfile(profile: MesiboProfile): unknown;
  /** A name to show for a profile that has none. */
  GetProfileName(profile: MesiboProfile): string | null | undefined;
  /** A URL to show for a profile that has no image. */
  GetProfileImage(profile: MesiboProfile): string | null | undefined;
  /** A group that this application has made. */
  GroupCreated(profile: MesiboProfile): unknown;
  /** The user is a member from now on. */
  GroupJoined(profile: MesiboProfile): unknown;
  /** He is not any more. */
  GroupLeft(profile: MesiboProfile): unknown;
  /** What getMembers() has asked for; empty at the end. */
  GroupMembers(profile: MesiboProfile, members: MesiboGroupMember[]): unknown;
  /** Others have joined, or may do other things than before. */
  GroupMembersJoined(profile: MesiboProfile, members: MesiboGroupMember[]): unknown;
  GroupMembersRemoved(profile: MesiboProfile, members: MesiboGroupMember[]): unknown;
  /** `permissions`: the user's own. `pins`: null for those who may not see them, and when others have changed something. */
  GroupSettings(
    profile: MesiboProfile,
    settings: MesiboGroupSettings,
    permissions: MesiboMemberPermissions,
    pins: MesiboGroupPin[] | null,
  ): unknown;
  /** v1: what others publish in a room, and which of it is new. */
  Participants(all: MesiboParticipant[], latest: MesiboParticipant[]): unknown;
  Participant(all: MesiboParticipant[], latest: MesiboParticipant[]): unknown;
  ParticipantUpdated(all: MesiboParticipant[], participant: MesiboParticipant): unknown;
  /** Somebody is in the room who publishes nothing. */
  Subscriber(participant: MesiboParticipant): unknown;
  /** MESIBO_GROUPERROR_*. */
  GroupError(profile: MesiboProfile, error: number): unknown;
}

type EitherGeneration = {
  [K in keyof Callbacks as `Mesibo_on${K}` | `Mesibo_On${K}`]?: Callbacks[K];
};

/** What setListener takes: any object with some of these. */
export interface MesiboListener extends EitherGeneration {
  /** `(session, count)` or `(count)`, told apart by the number of declared parameters. */
  Mesibo_onSync?(...args: never[]): unknown;
  Mesibo_OnSync?(...args: never[]): unknown;
  MesiboProfile_onUpdate?(profile: MesiboProfile): unknown;
  MesiboProfile_onPublish?(profile: MesiboProfile, result: boolean): unknown;
  /** The other side of a call has pressed keys. */
  MesiboCall_OnDTMF?(call: ActiveCall, digits: string): unknown;
  /** Somebody has begun the call of a group that the user is in, or (`active` false) it has ended. */
  MesiboGroupcall_OnIncoming?(group: MesiboProfile, by: MesiboProfile | null, active: boolean): unknown;
}

export type CallbackName = keyof Callbacks;
/** What a callback is called with. */
export type ListenerOf<Name extends CallbackName> = Parameters<Callbacks[Name]>;

/** Any function at all: what applications hand over is called with whatever the API documents. */
type AnyFunction = (this: never, ...args: never[]) => unknown;

/**
 * The listeners of one instance. Callbacks are looked up when they are called, because applications add them
 * late. What a listener throws is reported to the console and keeps nobody else from being called.
 */
export class Listeners {
  private main: object | undefined;
  private readonly others = new Set<object>();

  /** Replaces the listener that was set before. */
  set(listener: object | null | undefined): void {
    this.main = listener ?? undefined;
  }

  add(listener: object): void {
    this.others.add(listener);
  }

  remove(listener: object): void {
    if (this.main === listener) this.main = undefined;
    this.others.delete(listener);
  }

  /** Calls each listener once. */
  notify<K extends CallbackName>(name: K, ...args: Parameters<Callbacks[K]>): void {
    for (const listener of this.all()) invoke(listener, name, args);
  }

  /** The first answer that is neither undefined nor null. */
  ask<K extends CallbackName>(
    name: K,
    ...args: Parameters<Callbacks[K]>
  ): ReturnType<Callbacks[K]> | undefined {
    for (const listener of this.all()) {
      const answer = invoke(listener, name, args);
      if (answer !== undefined && answer !== null) return answer as ReturnType<Callbacks[K]>;
    }
    return undefined;
  }

  has(name: CallbackName): boolean {
    for (const listener of this.all()) if (callbackOf(listener, name) !== undefined) return true;
    return false;
  }

  /** Reports a message to every listener. `own`: sent by this user. */
  message(message: MesiboMessage, own: boolean): void {
    for (const listener of this.all()) invokeMessage(listener, message, own);
  }

  notifyDtmf(call: ActiveCall, digits: string): void {
    for (const listener of this.all()) callOn(listener, 'MesiboCall_OnDTMF', [call, digits]);
  }

  /** Somebody has begun the call of a group, or it has ended. */
  notifyGroupCall(group: MesiboProfile, by: MesiboProfile | null, isActive: boolean): void {
    for (const listener of this.all()) callOn(listener, 'MesiboGroupcall_OnIncoming', [group, by, isActive]);
  }

  includes(listener: object): boolean {
    return this.all().has(listener);
  }

  private all(): Set<object> {
    return this.main === undefined ? this.others : new Set([this.main, ...this.others]);
  }
}

/** Calls one callback of one listener, in whichever generation's spelling it has. */
export function invoke(listener: object, name: string, args: readonly unknown[]): unknown {
  const callback = callbackOf(listener, name);
  return callback === undefined ? undefined : guarded(callback, listener, args);
}

/** Calls a callback of a listener by its whole name, if it has that. */
export function callOn(listener: object | undefined, name: string, args: readonly unknown[]): unknown {
  if (listener === undefined) return undefined;
  const callback: unknown = Reflect.get(listener, name);
  return typeof callback === 'function' ? guarded(callback as AnyFunction, listener, args) : undefined;
}

/** Calls the message callback of one listener; see Callbacks.Message for what the v1 name is spared. */
export function invokeMessage(listener: object, message: MesiboMessage | null, own: boolean): void {
  const callback = callbackOf(listener, 'Message');
  if (callback === undefined) return;
  const isV2 = callback === Reflect.get(listener, 'Mesibo_onMessage');
  if (!isV2 && (own || message === null)) return;
  guarded(callback, listener, [message, message?.data ?? null]);
}

/** Calls an application's function so that what it throws stays its own problem. */
export function guarded(callback: AnyFunction, self: unknown, args: readonly unknown[]): unknown {
  try {
    return Reflect.apply(callback, self, args);
  } catch (error) {
    report(error);
    return undefined;
  }
}

export function callbackOf(listener: object, name: string): AnyFunction | undefined {
  const callback: unknown =
    Reflect.get(listener, `Mesibo_on${name}`) ?? Reflect.get(listener, `Mesibo_On${name}`);
  return typeof callback === 'function' ? (callback as AnyFunction) : undefined;
}

function report(error: unknown): void {
  // In a page this is what an uncaught error would do: console and window.onerror. Node has no reportError.
  if (typeof reportError === 'function') reportError(error);
  else console.error(error);
}
