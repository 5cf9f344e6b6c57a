import type { Bus } from '@stoa/bus';
import type { CallRequest, PresenceMode } from '@stoa/protocol';
import type { DeviceEnd } from '@stoa/storage';
import { BoundedMap } from './bounded-map.ts';
import type { ChangedValue } from './values/index.ts';

/**
 * What nodes tell each other over the bus. An event about a user goes to `user.<uid>`, which a node subscribes to
 * while it holds a session of that user, and `presence.<uid>` to the nodes on which somebody watches him.
 */
export type UserEvent =
  /** A message of the log, encoded once as msgpack for all receivers. */
  | { readonly type: 'message'; readonly conv: number; readonly seq: number; readonly bytes: Uint8Array }
  /** Anything that is not part of the log: receipts, presence, transient messages. Not for the device it came from. */
  | {
      readonly type: 'frame';
      readonly bytes: Uint8Array;
      readonly exceptDev?: number;
      /** For this device alone. */
      readonly onlyDev?: number;
      /** True for the moment only: not worth waiting for a device that does not keep up. */
      readonly droppable?: boolean;
    }
  /** A value that the user's devices share was set on one of them. */
  | ({ readonly type: 'values'; readonly exceptDev: number } & ChangedValue)
  /** Somebody began to watch the user: nodes that hold him answer on his presence subject. */
  | { readonly type: 'presence-query' }
  /** The user has said anew when he is online. */
  | { readonly type: 'presence-mode'; readonly presence: PresenceMode }
  /** End the user's sessions: all, or those signed in with one token. */
  | {
      readonly type: 'end-sessions';
      readonly reason: 'suspended' | 'unauthorized';
      readonly tokenId?: number;
    }
  /** A device has signed in for the n-th time: a session of an earlier sign-in is outdated. */
  | {
      readonly type: 'device-signed-in';
      readonly dev: number;
      readonly signIns: number;
      readonly run: string | null;
    }
  /** A device was displaced or signed out after it had signed in so often. */
  | {
      readonly type: 'device-ended';
      readonly dev: number;
      readonly signIns: number;
      readonly end: DeviceEnd;
    }
  /** The user has become a member of a group. */
  | { readonly type: 'group-joined'; readonly gid: number }
  /** Somebody wants to know which devices of the user are connected: nodes that hold some name them to `reply`. */
  | { readonly type: 'device-query'; readonly reply: string };

/**
 * Members whom something in a group is for: those who receive messages, have rights over it, may list the members, or
 * need not wait in front of its room.
 */
export type GroupAudience = 'members' | 'receivers' | 'administrators' | 'listers' | 'admitted';

/** What happens in a group (subject `group.<conv>`), for the nodes that hold a session of a member. */
export type GroupEvent =
  /** A message of its log, encoded once for everybody; `epoch`: of the group when it was appended. */
  | {
      readonly type: 'group-message';
      readonly seq: number;
      readonly epoch: number;
      readonly bytes: Uint8Array;
      /** Address of its sender, whose messages members may have blocked. */
      readonly from: string;
      /** The only users whom it is for; absent when it is for all who receive. */
      readonly to?: readonly number[];
      /** Members who get nothing but its place: it changes what was sent before they joined. */
      readonly unseenBy?: readonly number[];
    }
  /** Anything that is not part of the log, for connected devices. */
  | {
      readonly type: 'group-frame';
      readonly bytes: Uint8Array;
      readonly to: GroupAudience;
      /** Address of the member who says it: not for those who block him in groups. */
      readonly from?: string;
      readonly exceptDev?: number;
      readonly droppable?: boolean;
    }
  /** The change that has led to this epoch. With `all`, it is about any number of members, who are not named. */
  | {
      readonly type: 'group-changed';
      readonly epoch: number;
      /** Of the group. */
      readonly flags: number;
      readonly put: readonly {
        readonly uid: number;
        readonly receives: boolean;
        readonly flags: number;
        readonly admin: number;
      }[];
      readonly removed: readonly number[];
      readonly all: boolean;
    };

/** Whether one node holds a session of the user. */
export interface PresenceChange {
  readonly type: 'presence';
  readonly node: string;
  readonly online: boolean;
  /** When the last session on that node ended, in milliseconds since 1970. */
  readonly seen: number;
}

/** What a user says of himself has changed (subject `presence.<uid>`). */
export interface ProfileChanged {
  readonly type: 'profile-changed';
  /** Who may see his presence may be others now. */
  readonly presence: boolean;
}

/** The devices of a user that are connected to one node. */
export interface ConnectedDevices {
  readonly type: 'connected-devices';
  readonly devs: readonly number[];
}
/** About one call (subject `call.<id>`) or the calls to a user (`calls-to.<uid>`), for the node that is responsible. */
export type CallEvent =
  /** A device said something at another node, which has proven who it is. */
  | { readonly type: 'call-said'; readonly uid: number; readonly dev: number; readonly event: CallRequest }
  /** A device can hear of calls from now on; `missed`: it could before, but may not have heard all. */
  | { readonly type: 'call-signed-in'; readonly uid: number; readonly dev: number; readonly missed?: boolean }
  /** A node says that it is responsible, and how often it has seen the call move. */
  | { readonly type: 'call-owned'; readonly node: string; readonly steps: number };

/** That a node lives (every few seconds), or has ended (subject `nodes`). */
export interface NodeEvent {
  readonly type: 'node-alive' | 'node-left';
  readonly node: string;
  /** It has just begun to listen, and may know nobody: the others name themselves. */
  readonly new?: true;
}

/** From one node to another (subject `node.<name>`). */
export type NodeLineEvent =
  | { readonly type: 'node-ask'; readonly id: string; readonly from: string; readonly body: unknown }
  | { readonly type: 'node-answer'; readonly id: string; readonly body: unknown }
  | { readonly type: 'node-tell'; readonly from: string; readonly body: unknown };

/** Something about a user changed that nodes may have cached (subject `users`). */
export interface UserChanged {
  readonly type: 'user-changed' | 'blocks-changed';
  readonly uid: number;
}

/** Webhooks were made, changed or removed (subject `webhooks`). */
export interface WebhooksChanged {
  readonly type: 'webhooks-changed';
}

/** What a user may do has changed, or, with null, a policy has (subject `access`). */
export interface AccessChanged {
  readonly type: 'access-changed';
  readonly uid: number | null;
}

/** Tells all sessions of the user, on whatever node they are. */
export function publishToUser(bus: Bus, uid: number, event: UserEvent): void {
  bus.publish(subjects.user(uid), event);
}

/** Names that were made before: to look one up costs less than to make it, and the map it is looked for in knows its hash. */
const userSubjects = new BoundedMap<number, string>(50_000);

function userSubject(uid: number): string {
  let subject = userSubjects.get(uid);
  if (subject === undefined) {
    subject = `user.${uid}`;
    userSubjects.set(uid, subject);
  }
  return subject;
}

export const subjects = {
  user: userSubject,
  group: (conv: number): string => `group.${conv}`,
  presence: (uid: number): string => `presence.${uid}`,
  call: (id: string): string => `call.${id}`,
  callsTo: (uid: number): string => `calls-to.${uid}`,
  users: 'users',
  webhooks: 'webhooks',
  access: 'access',
  nodes: 'nodes',
  node: (name: string): string => `node.${name}`,
  /** Answers to one question. */
  inbox: (id: string): string => `inbox.${id}`,
} as const;
