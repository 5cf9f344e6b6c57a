import type { Target } from '@stoa/client';
import {
  MESIBO_MSGSTATUS_CALLINCOMING,
  MESIBO_MSGSTATUS_CALLMISSED,
  MESIBO_MSGSTATUS_CALLOUTGOING,
} from '../constants/message.ts';
import { MESIBO_RESULT_OK } from '../constants/result.ts';
import { type Context, sharedContext } from '../context.ts';
import { internal, setInternal } from '../internal.ts';
import { guarded } from '../listeners.ts';
import type { MesiboMessage } from '../messages/message.ts';
import type { MesiboProfile } from '../profiles/profile.ts';
import { counted, countedBy, countMessages, matchesCount } from './message-count.ts';
import { readBatch } from './read-batch.ts';
import { reportRead } from './read-receipts.ts';
import type { SessionListener, SessionState } from './session-state.ts';
import { reportSync, sync } from './sync.ts';

export type { SessionListener } from './session-state.ts';

const defaultCount = 100;

/** Applications hand over what they have: nothing, null, text. */
const countOf = (given: unknown): number => {
  const count = Math.floor(Number(given));
  return Number.isSafeInteger(count) && count > 0 ? count : defaultCount;
};

/** What a session reads; by default everything of the instance that was signed in last. */
export interface SessionScope {
  readonly context: Context;
  readonly target?: Target;
}

/**
 * Reads stored messages batch by batch, newest first, and stays up to date with what comes in afterwards.
 *
 * @example
 * const session = api.getProfile('bob', 0).createReadSession(listener); // listener.Mesibo_onMessage(m)
 * session.enableReadReceipt(true);
 * session.read(100);
 */
export class MesiboReadSession {
  /** The newest message of every conversation, newest first. */
  static createReadSummarySession(listener: SessionListener): MesiboReadSession {
    const session = new MesiboReadSession(listener);
    session.enableSummary(true);
    return session;
  }
  /** Messages of all conversations. */
  static createReadSession(listener: SessionListener): MesiboReadSession {
    return new MesiboReadSession(listener);
  }
  static getSession(id: number): MesiboReadSession | null {
    return sharedContext().sessions.find(id);
  }
  static endAllSessions(): void {
    sharedContext().sessions.stopAll();
  }

  declare readonly [internal]: SessionState;

  /** The application's own; nothing here reads it. */
  declare readCount?: number;

  /** The live array behind getMessages(). */
  readonly messages: MesiboMessage[] = [];

  constructor(listener?: SessionListener, scope: SessionScope = { context: sharedContext() }) {
    setInternal(this, {
      id: scope.context.sessions.nextId(),
      context: scope.context,
      target: scope.target,
      listener,
      isSummary: false,
      sendsReceipts: false,
      isOldestFirst: false,
      withFilesOnly: false,
      withoutMessages: false,
      thread: undefined,
      withoutAnswers: false,
      calls: undefined,
      query: '',
      searchCursor: undefined,
      isSearchedThrough: false,
      isActive: false,
      source: undefined,
      work: Promise.resolve(),
      shown: new Map(),
    } satisfies SessionState);
  }

  /**
   * Delivers the next messages. The last one answers true to isLastMessage(); when the database has no more,
   * Mesibo_onMessage(null) follows. Resolves to the number of messages.
   */
  read(count = defaultCount): Promise<number> {
    this.start();
    const state = this[internal];
    const reading = state.work.then(() => readBatch(this, countOf(count)));
    state.work = reading.catch((error) => state.context.fail(error));
    return reading.catch(() => 0);
  }

  /** Fetches from the server what this device has not; Mesibo_onSync tells how many can be read then. */
  sync(count: number = defaultCount, listener: SessionListener = this[internal].listener): Promise<number> {
    const syncing = sync(this, countOf(count));
    void syncing.then((found) => {
      // A function given to createReadSession is for read() only.
      if (listener !== this[internal].listener || typeof listener !== 'function')
        reportSync(this, listener, found);
    });
    return syncing;
  }

  /** Begins live updates and receipts; read() does it too. */
  start(): number {
    this[internal].isActive = true;
    this[internal].context.sessions.add(this);
    return MESIBO_RESULT_OK;
  }
  /** Ends them. What is being read is not delivered any more. */
  stop(): void {
    this[internal].isActive = false;
    this[internal].context.sessions.delete(this);
  }
  /** From the beginning. */
  restart(): void {
    this.messages.length = 0;
    this[internal].source = undefined;
    this.start();
  }

  /** In the order of time (of a summary: newest first). The array is live: it changes as messages come and go. */
  getMessages(): MesiboMessage[] {
    return this.messages;
  }
  deleteMessage(id: number): Promise<number> {
    return this[internal].context.messages.find(id)?.delete() ?? Promise.resolve(MESIBO_RESULT_OK);
  }

  async getUnreadCount(callback?: (this: MesiboReadSession, count: number) => unknown): Promise<number> {
    const { context, target } = this[internal];
    const count = await countedBy(context, async (client) => {
      const conversations =
        target === undefined ? await client.conversations() : [await client.conversation(target)];
      return conversations.reduce((sum, conversation) => sum + (conversation?.unread ?? 0), 0);
    });
    if (typeof callback === 'function') guarded(callback, this, [count]);
    return count;
  }
  getUnreadMessageCount(): Promise<number> {
    return this.getUnreadCount();
  }
  /** Messages in the database. `status`: MESIBO_MSGSTATUS_*, or -1 all, -2 sent, -3 received, -4 failed. */
  getMessageCount(status: number = counted.all): Promise<number> {
    const { context, target } = this[internal];
    return countMessages(context, target, matchesCount(status));
  }
  getTotalMessageCount(): Promise<number> {
    return this.getMessageCount(counted.all);
  }
  getSentMessageCount(): Promise<number> {
    return this.getMessageCount(counted.sent);
  }
  getReceivedMessageCount(): Promise<number> {
    return this.getMessageCount(counted.received);
  }
  getFailedMessageCount(): Promise<number> {
    return this.getMessageCount(counted.failed);
  }

  /** Only messages that contain these words: read() finds those on this device, sync() those that the server has. */
  setQuery(text: string): void {
    const state = this[internal];
    state.query = text.trim().toLowerCase();
    state.searchCursor = undefined;
    state.isSearchedThrough = false;
  }
  /** Messages that the session delivers become read, and their senders may know. */
  enableReadReceipt(on: boolean): void {
    this[internal].sendsReceipts = on;
    reportRead(this);
  }
  /** Oldest first. */
  enableFifo(on: boolean): void {
    this[internal].isOldestFirst = on;
  }
  /** Only messages with files. */
  enableFiles(on: boolean): void {
    this[internal].withFilesOnly = on;
  }
  /** Only the answers to one message, by its id; 0: all messages. */
  setThreadId(id: number | string): void {
    const state = this[internal];
    const mid = state.context.messages.serverIdOf(id);
    state.thread = mid > 0 ? mid : undefined;
    state.source = undefined;
  }
  /** Answers are left out: setThreadId() reads those of one message. */
  enableThreads(on: boolean): void {
    this[internal].withoutAnswers = on;
  }
  enableMessages(on: boolean): void {
    this[internal].withoutMessages = !on;
  }
  enableSummary(on: boolean): void {
    this[internal].isSummary = on;
  }
  /** Whether records of calls are read; by default they are. */
  enableCalls(on: boolean): void {
    this[internal].calls = on ? undefined : new Set();
  }
  /** Of the records of calls only those kinds that are enabled, as soon as one is named. */
  enableMissedCalls(on: boolean): void {
    this.enableCallsOf(MESIBO_MSGSTATUS_CALLMISSED, on);
  }
  enableIncomingCalls(on: boolean): void {
    this.enableCallsOf(MESIBO_MSGSTATUS_CALLINCOMING, on);
  }
  enableOutgoingCalls(on: boolean): void {
    this.enableCallsOf(MESIBO_MSGSTATUS_CALLOUTGOING, on);
  }

  isSummary(): boolean {
    return this[internal].isSummary;
  }
  getProfile(): MesiboProfile | null {
    const { context, target } = this[internal];
    if (target === undefined) return null;
    return 'gid' in target ? context.profiles.group(target.gid) : context.profiles.user(target.peer);
  }
  isReading(message: MesiboMessage): boolean {
    const { target, isActive } = this[internal];
    const { local } = message[internal];
    if (!isActive || local === undefined) return false;
    return target === undefined || message.isDestinedFor(this.getProfile());
  }

  private enableCallsOf(status: number, on: boolean): void {
    const state = this[internal];
    const every = [MESIBO_MSGSTATUS_CALLMISSED, MESIBO_MSGSTATUS_CALLINCOMING, MESIBO_MSGSTATUS_CALLOUTGOING];
    const before = state.calls ?? (on ? [] : every);
    const others = [...before].filter((other) => other !== status);
    state.calls = new Set(on ? [...others, status] : others);
  }
}
