/**
 * What a module is written with: code of the operator that sees messages before they are stored, and what else happens.
 * @module
 */
import type { Content, MessageEvent } from '@stoa/protocol';

export type { Content } from '@stoa/protocol';

/** A message on its way into the log. */
export interface ModuleMessage {
  /** Number of the app. */
  readonly aid: number;
  /** Address of the sender. */
  readonly from: string;
  /** Address of the receiver; absent in a group. */
  readonly to?: string;
  /** Number of the group; absent between two users. */
  readonly gid?: number;
  /** Number that the sender gave the message; null when it gave none. A message that is sent again has it again. */
  readonly id: number | null;
  readonly type: number;
  readonly flags: number;
  /** Seconds for which it is kept. */
  readonly expiry?: number;
  /** Id of the message that it answers. */
  readonly ref?: number;
  /** Present when it changes another one, whose content it replaces or removes. */
  readonly event?: MessageEvent;
  readonly content: Content;
  /** Whether the app's back end sent it in the name of the user. */
  readonly fromBackend: boolean;
}

/**
 * What becomes of a message:
 * - nothing, or `'pass'`: it goes on, to the next module and then to its receivers
 * - `'consume'`: the sender is told that it was sent, and nobody gets it
 * - `refuse`: the sender gets the error PERMISSION_DENIED with this text
 * - `change`: it goes on with this content
 * - `reply`: it goes on (with `consume`, it does not), and the sender gets this message from its receiver, or from the user
 *   `from`, who must be named in a group
 */
export type MessageResult =
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing lets the message pass
  | void
  | 'pass'
  | 'consume'
  | { readonly refuse: string }
  | { readonly change: Content }
  | { readonly reply: string | Content; readonly from?: string; readonly consume?: boolean };

/** A user has received, or read, everything up to the place `seq` of a conversation. */
export interface ModuleMessageStatus {
  readonly aid: number;
  readonly user: string;
  readonly conv: number;
  readonly seq: number;
  readonly status: 'delivered' | 'read';
  /** In milliseconds since 1970. */
  readonly at: number;
}

/** A user has come to this node, or left it. */
export interface ModuleLogin {
  readonly aid: number;
  readonly uid: number;
  readonly address: string;
  readonly online: boolean;
}

/** Somebody wants to call somebody. */
export interface ModuleCall {
  readonly aid: number;
  readonly from: string;
  readonly to: string;
  readonly video: boolean;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing lets the call pass
export type CallResult = void | 'pass' | 'refuse';

/** A message that a module sends, in the name of any user. Modules do not see it. */
export interface OutgoingMessage {
  readonly aid: number;
  readonly from: string;
  readonly to?: string;
  readonly gid?: number;
  readonly content: Content;
  readonly type?: number;
  readonly flags?: number;
  /** Seconds for which it is kept. */
  readonly expiry?: number;
}

/** What the server does for a module. */
export interface ModuleContext {
  /** Rejects with what keeps the message from being sent. */
  send(message: OutgoingMessage): Promise<{ readonly mid: number }>;
  /** Writes into the log of the server. */
  log(text: string): void;
  /** Environment variables that begin with `STOA_MODULE_`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Later<Result> = Result | Promise<Result>;

/** All functions are optional. What a module does not have costs nothing. */
export interface StoaModule {
  /** In the log; by default the name of the file. */
  readonly name?: string;
  /**
   * What becomes of a message or call when the module throws, takes too long, or is not there. `pass`: it goes on.
   * `refuse`: the sender is refused, and tries a message again later. By default `pass`.
   */
  readonly onFailure?: 'pass' | 'refuse';
  onMessage?(message: ModuleMessage, context: ModuleContext): Later<MessageResult>;
  onMessageStatus?(status: ModuleMessageStatus, context: ModuleContext): Later<void>;
  onLogin?(login: ModuleLogin, context: ModuleContext): Later<void>;
  onCall?(call: ModuleCall, context: ModuleContext): Later<CallResult>;
}

/**
 * Types a module. A file of a module exports it as `module`.
 *
 * @example
 * export const module = defineModule({
 *   onMessage: ({ content }) => (content.text === 'ping' ? { reply: 'pong' } : 'pass'),
 * });
 */
export function defineModule(module: StoaModule): StoaModule {
  return module;
}
