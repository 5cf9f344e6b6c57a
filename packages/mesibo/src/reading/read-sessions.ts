import { conversationId, type LocalConversation, type RemovedMessages, type Target } from '@stoa/client';
import { MESIBO_FLAG_TRANSIENT } from '../constants/message.ts';
import type { Context } from '../context.ts';
import { internal } from '../internal.ts';
import type { MesiboMessage } from '../messages/message.ts';
import type { MessageReader } from '../messages/message-reader.ts';
import { isGone } from '../messages/message-status.ts';
import { pageAttention } from './attention.ts';
import { insert } from './read-batch.ts';
import { reportRead } from './read-receipts.ts';
import type { MesiboReadSession } from './read-session.ts';
import { hasNewer, insertByTime, insertNewestFirst, removeFrom } from './session-list.ts';
import { isWanted } from './session-state.ts';

/** The read sessions that are active: they are kept up to date with what comes and goes. */
export class ReadSessions {
  private readonly context: Context;
  private readonly active = new Set<MesiboReadSession>();
  private lastId = 0;
  private stopWatching: (() => void) | undefined;

  constructor(context: Context) {
    this.context = context;
  }

  nextId(): number {
    this.lastId++;
    return this.lastId;
  }

  add(session: MesiboReadSession): void {
    this.active.add(session);
    this.stopWatching ??= pageAttention.onReturn(() => this.reportAll());
  }

  delete(session: MesiboReadSession): void {
    this.active.delete(session);
    if (this.active.size > 0) return;
    this.stopWatching?.();
    this.stopWatching = undefined;
  }

  find(id: number): MesiboReadSession | null {
    for (const session of this.active) if (session[internal].id === id) return session;
    return null;
  }

  stopAll(): void {
    for (const session of [...this.active]) session.stop();
  }

  /** The client that they read from is gone: reading begins anew. */
  rewindAll(): void {
    for (const session of this.active) session[internal].source = undefined;
    this.stopAll();
  }

  /** Before listeners hear of it, so that lists are right when they look. */
  messageArrived(message: MesiboMessage): void {
    const { local } = message[internal];
    if (local === undefined) return;
    for (const session of this.active) {
      const state = session[internal];
      if (state.isSummary) {
        const isStored = (local.flags & MESIBO_FLAG_TRANSIENT) === 0;
        const isHidden = (message.groupProfile ?? message.profile)?.isHidden();
        if (isStored && !isHidden && !hasNewer(session.messages, message))
          insertNewestFirst(session.messages, message);
      } else if (isWanted(state, local)) {
        insert(session, message);
      }
    }
  }

  /** After listeners heard of it. */
  reportAll(): void {
    for (const session of this.active) reportRead(session);
  }

  /** Its place may be another one now. */
  messageMoved(message: MesiboMessage): void {
    for (const session of this.active) {
      const index = session.messages.indexOf(message);
      if (index === -1 || session[internal].isSummary) continue;
      session.messages.splice(index, 1);
      insertByTime(session.messages, message);
    }
  }

  conversationChanged(conversation: LocalConversation): void {
    const { latest } = conversation;
    if (latest !== undefined && isGone(latest)) return;
    const isListed = latest !== undefined && !conversation.hidden;
    const newest = isListed ? this.context.messages.stored(latest) : undefined;
    for (const session of this.active) {
      if (!session[internal].isSummary) continue;
      if (newest === undefined) removeFrom(session.messages, (entry) => isOf(entry, conversation.target));
      else if (!session.messages.includes(newest)) insertNewestFirst(session.messages, newest);
    }
  }

  /** Messages were deleted here or on another device, or have disappeared. */
  removed(removed: RemovedMessages): void {
    for (const session of this.active) {
      if (session[internal].isSummary) continue;
      removeFrom(session.messages, (entry) => {
        const local = entry[internal]?.local;
        if (local?.conversation !== removed.conversation) return false;
        return 'upTo' in removed ? local.order <= removed.upTo : removed.orders.includes(local.order);
      });
    }
  }

  /** It was deleted. Summaries learn from the conversation what is newest now. */
  remove(message: MessageReader): void {
    for (const session of this.active) {
      if (!session[internal].isSummary) removeFrom(session.messages, (entry) => entry === message);
    }
  }

  removeOlderThan(target: Target, ts: number): void {
    for (const session of this.active) {
      if (session[internal].isSummary) continue;
      removeFrom(session.messages, (entry) => isOf(entry, target) && entry.ts <= ts);
    }
  }
}

function isOf(message: MesiboMessage, target: Target): boolean {
  return message[internal]?.local?.conversation === conversationId(target);
}
