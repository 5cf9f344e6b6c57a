import type { ConversationRecord } from '../store/index.ts';
import type { ClientEvents, ConversationId, LocalMessage, PresenceEvent, Self } from '../types.ts';
import type { WireError, WireStatus } from './wire-errors.ts';

/**
 * Version of what tabs say to each other. Tabs of one version work together. After an update of the application there
 * may be two for a while: then the newer ones do, and the older ones ask to be reloaded.
 */
export const tabsVersion = 1;

/** With what a tab wants to sign in. */
export interface Credentials {
  readonly url: string;
  readonly token: string;
  readonly app: string | undefined;
}

/** What a tab has been told of a conversation. */
export interface Told {
  readonly id: ConversationId;
  /** Place up to which everything is stored. */
  readonly last: number;
  /** Places of messages behind it: own ones that were answered before others arrived. */
  readonly beyond?: readonly number[];
  readonly delivered: number;
  readonly read: number;
  readonly unread: number;
  /** As in the record of the conversation. */
  readonly peerGaps?: ConversationRecord['peerGaps'];
}

/** What a tab knows, so that nothing is lost to it and nothing is told twice when another tab leads. */
export interface Knowledge {
  readonly conversations: readonly Told[];
  /** Own messages that wait in the outbox. */
  readonly waiting: readonly LocalMessage[];
}

/** An event of the client, for the application of a tab; the error of a `problem` as WireError. */
export interface ToldEvent {
  readonly name: SharedEvent;
  readonly args: readonly unknown[];
}

/** The status comes as state. */
export type SharedEvent = Exclude<keyof ClientEvents, 'status'>;

export function toldEvent<Name extends SharedEvent>(name: Name, ...args: ClientEvents[Name]): ToldEvent {
  return { name, args };
}

/** State of the shared client that can be asked for without waiting. */
export interface SharedState {
  readonly status: WireStatus;
  readonly self: Self | undefined;
  /** By how many milliseconds the server's clock is ahead of this machine's. */
  readonly ahead: number;
  /** See Core.run: kept by who leads next, because he comes back and does not start. */
  readonly run: string;
}

/** How a tab introduces itself to the leader. */
export interface Hello {
  readonly credentials: Credentials;
  /** Whose client it was before; undefined for one that was nobody's. */
  readonly user: Pick<Self, 'uid' | 'address'> | undefined;
  readonly isStarted: boolean;
  readonly watched: readonly string[];
  /** Whether it is in front; undefined when it does not know. */
  readonly front: boolean | undefined;
  /** Undefined when its application has not been told anything yet. */
  readonly knowledge: Knowledge | undefined;
}

/** Calls a method of the client. `again`: a leader before may have carried it out. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly again: boolean;
}

/** What a tab gets that joins. */
export interface Welcome extends SharedState {
  readonly presence: readonly PresenceEvent[];
  readonly blocked: readonly string[];
  readonly knowledge: Knowledge;
  /** What it would have been told, had the leader before not ended just then. */
  readonly missed: readonly ToldEvent[];
  /** Whether the leader signs in with the credentials of the tab. */
  readonly isSameSignIn: boolean;
}

/** - `other-user`: its token is that of another user. - `unknown`: whose it is can only be told by signing in. */
export type Refusal = 'other-user' | 'unknown';

interface Envelope {
  readonly version: number;
  readonly from: string;
}

export type Outcome = { readonly result: unknown } | { readonly error: WireError };

/** From tabs to the leader. */
export type MemberMessage = Envelope &
  (
    | { readonly type: 'ask' }
    | (Hello & { readonly type: 'hello'; readonly to: string })
    | (Call & { readonly type: 'call'; readonly to: string; readonly id: number })
    | {
        readonly type: 'remark';
        readonly to: string;
        readonly name: string;
        readonly args: readonly unknown[];
      }
    | { readonly type: 'watch' | 'unwatch'; readonly to: string; readonly peers: readonly string[] }
    | { readonly type: 'bye'; readonly to: string }
  );

/** From the leader to all tabs, or to one. */
export type LeaderMessage = Envelope & { readonly term: number } & (
    | { readonly type: 'leader' }
    | { readonly type: 'welcome'; readonly to: string; readonly welcome: Welcome }
    | { readonly type: 'refused'; readonly to: string; readonly refusal: Refusal }
    | { readonly type: 'state'; readonly state: SharedState }
    | {
        readonly type: 'event';
        readonly to?: string;
        readonly event: ToldEvent;
        /** Of the conversation that it is about: what is known with it. */
        readonly told?: Told;
      }
    | { readonly type: 'outcome'; readonly to: string; readonly id: number; readonly outcome: Outcome }
  );

export type TabMessage = MemberMessage | LeaderMessage;

export function isFromLeader(message: TabMessage): message is LeaderMessage {
  return 'term' in message;
}
