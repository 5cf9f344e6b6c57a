import type { Client } from '@stoa/client';
import type { MessageEvent } from '@stoa/protocol';
import type { OneToOneCalls } from './calls/one-to-one-calls.ts';
import { MESIBO_RETRACT_DELETE, MESIBO_RETRACT_MODIFY, MESIBO_RETRACT_WIPE } from './constants/message.ts';
import type { MesiboGroups } from './groups/mesibo-groups.ts';
import type { Listeners } from './listeners.ts';
import type { Messages } from './messages/messages.ts';
import type { KeyStore } from './platform/key-store.ts';
import type { Profiles } from './profiles/profiles.ts';
import type { ReadSessions } from './reading/read-sessions.ts';

export interface Retraction {
  intervalSeconds: number;
  policy: number;
  /** The same for what others take back. */
  remotePolicy: number;
}

/** Everything that MESIBO_RETRACT_* names. */
export const allRetractions = 0xffff;

/** Whether a policy lets others change or take back what they have sent. */
export function acceptsChange(policy: number, event: MessageEvent): boolean {
  const bits = event === 'edit' ? MESIBO_RETRACT_MODIFY : MESIBO_RETRACT_WIPE | MESIBO_RETRACT_DELETE;
  return (policy & bits) !== 0;
}

export interface UploadTarget {
  readonly url: string;
  /** Sent along; empty when there is none. */
  readonly auth: string;
}

/** What messages, profiles and read sessions need of the instance that they belong to. */
export interface Context {
  readonly listeners: Listeners;
  readonly messages: Messages;
  readonly profiles: Profiles;
  readonly sessions: ReadSessions;
  readonly calls: OneToOneCalls;
  readonly groups: MesiboGroups;
  readonly keys: KeyStore;
  /** Which own messages may be taken back: for how long, and MESIBO_RETRACT_*. */
  readonly retraction: Retraction;
  /** Where files are uploaded in mesibo's form; undefined: to this server. */
  readonly uploadTarget: UploadTarget | undefined;
  /** Undefined until there is a token. */
  readonly client: Client | undefined;
  /** Resolves as soon as there is a token. */
  whenClient(): Promise<Client>;
  /** Resolves when the connection is up and everything that waited on the server has arrived. */
  whenSynced(): Promise<void>;
  /** Tells the application (Mesibo_onError) about a failure that no return value can tell. */
  fail(error: unknown): void;
  /** The same of what is asked in passing on every connection: without one, nobody misses it. */
  failOnline(error: unknown): void;
}

let shared: Context | undefined;

/** The static methods of mesibo's API name no instance: they mean the one that was signed in last. */
export function shareContext(context: Context): void {
  shared = context;
}

export function sharedContext(): Context {
  if (shared === undefined)
    throw new Error('There is no Mesibo instance yet: call new Mesibo() or Mesibo.getInstance().');
  return shared;
}
