import type { Content, MessageEvent } from '@stoa/protocol';
import type { MarkDelta, MessageRecord } from '../store/index.ts';
import type { ConversationId } from '../types.ts';
import { isMarkEvent } from './marks.ts';

/** A change that the user has made and the server has not confirmed. */
export interface PendingChange {
  readonly event: MessageEvent;
  readonly content: Content;
}

/** Changes that wait in the outbox. Messages are shown with them, and as before when they are refused. */
export class PendingChanges {
  readonly #changes = new Map<string, MessageRecord[]>();

  /** The change of this message that is shown: a recall, else the last edit. */
  of({ conversation, seq }: Pick<MessageRecord, 'conversation' | 'seq'>): PendingChange | undefined {
    const changes = this.#changes.get(key(conversation, seq))?.filter((change) => !isMark(change));
    const shown = changes?.find(({ event }) => event === 'recall') ?? changes?.at(-1);
    return shown?.event === undefined ? undefined : { event: shown.event, content: shown.content ?? {} };
  }

  /** What the user has put on this message, in order. */
  marksOn({ conversation, seq }: Pick<MessageRecord, 'conversation' | 'seq'>): Omit<MarkDelta, 'seq'>[] {
    if (this.#changes.size === 0) return [];
    const changes = this.#changes.get(key(conversation, seq)) ?? [];
    return changes.filter(isMark).flatMap(({ event, content = {}, from: user, ts }) => {
      return event === undefined ? [] : [{ event, content, user, ts }];
    });
  }

  /** Adds a change that stands in the outbox, behind all others. */
  add(change: MessageRecord): void {
    const at = key(change.conversation, change.target ?? 0);
    this.#changes.set(at, [...(this.#changes.get(at) ?? []), change]);
  }

  remove({ conversation, target = 0, id }: MessageRecord): void {
    const at = key(conversation, target);
    const left = (this.#changes.get(at) ?? []).filter((change) => change.id !== id);
    if (left.length === 0) this.#changes.delete(at);
    else this.#changes.set(at, left);
  }

  clear(): void {
    this.#changes.clear();
  }
}

const isMark = ({ event }: MessageRecord): boolean => event !== undefined && isMarkEvent(event);

function key(conversation: ConversationId, seq: number): string {
  return `${seq} ${conversation}`;
}
