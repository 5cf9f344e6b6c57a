import type { Content } from '@stoa/protocol';
import type { Events } from './events.ts';
import type { LocalClient } from './local-client.ts';
import type { PendingChange } from './messages/index.ts';
import type {
  Changing,
  ConnectionStatus,
  Draft,
  LocalMessage,
  PresenceEvent,
  Self,
  Sending,
  Target,
} from './types.ts';

/** Methods of a client that answer later. */
export type Question = {
  [Name in keyof LocalClient]: LocalClient[Name] extends (...args: never[]) => Promise<unknown>
    ? Name
    : never;
}[Exclude<keyof LocalClient, 'start' | 'stop' | 'resume'>];

/** Methods of a client that tell somebody something, once, if it is possible now. */
export type Remark = 'setFront' | 'sendPresence' | 'sendTyping' | 'sayInCall';

/** Where the commands of a client are carried out: in this page, or in another one that shares the client. */
export interface ClientHost {
  readonly events: Events;
  readonly status: ConnectionStatus;
  readonly self: Self | undefined;
  serverTime(): number;
  presenceOf(address: string): PresenceEvent | undefined;
  isBlocked(address: string): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
  send(target: Target, draft: Draft): Sending;
  resend(message: LocalMessage): Sending;
  edit(message: LocalMessage, content: Content): Changing;
  recall(message: LocalMessage): Changing;
  mark(message: LocalMessage, change: PendingChange): Changing;
  watch(peers: readonly string[]): void;
  unwatch(peers: readonly string[]): void;
  /** Whether this page is in front; undefined where there is none. */
  setFront(on: boolean | undefined): void;
  remark<Name extends Remark>(name: Name, ...args: Parameters<LocalClient[Name]>): void;
  ask<Name extends Question>(
    name: Name,
    ...args: Parameters<LocalClient[Name]>
  ): ReturnType<LocalClient[Name]>;
}
