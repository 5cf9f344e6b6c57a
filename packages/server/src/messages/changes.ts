import { type Content, limits, type MessageEvent, StoaError } from '@stoa/protocol';
import type { CursorStore, GroupStore, MessageLog, StoredMessage } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { Gone } from './gone.ts';
import { isReadable } from './group-places.ts';
import { pollOf, requireMark } from './mark-checks.ts';
import { isMarkEvent } from './mark-frames.ts';

/** For how long, and on what condition, users may change their own messages. */
export interface RetractionRules {
  /** Seconds; 0 for ever. */
  readonly editSeconds: number;
  readonly recallSeconds: number;
  /** `own`: within the time; `unread`: and only until the receiver has read it; `never`: not at all. */
  readonly policy: 'own' | 'unread' | 'never';
}

export interface ChangesOptions {
  readonly log: MessageLog;
  readonly cursors: CursorStore;
  readonly groups: Pick<GroupStore, 'spans'>;
  readonly clock: Clock;
  readonly gone: Gone;
  readonly rulesOf: (aid: number) => Promise<RetractionRules>;
}

/** Who wants to change a message of his conversation with somebody. */
export interface ChangeRequest {
  readonly aid: number;
  readonly uid: number;
  readonly dev: number;
  /** The other one of a pair; the user himself for a group. */
  readonly receiver: number;
  readonly gid?: number;
  readonly id: number | null;
  readonly event: MessageEvent;
  readonly target: number;
  readonly content: Content;
}

/** Decides who may edit and recall what, and put marks on it. */
export class Changes {
  readonly #options: ChangesOptions;

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the user may make this change now, or has made it before: then it is repeated.
   *
   * @throws StoaError NOT_FOUND when there is no such message any more, PERMISSION_DENIED or TOO_LATE.
   */
  async require(request: ChangeRequest): Promise<void> {
    const { rulesOf, clock } = this.#options;
    const { aid, uid, dev, receiver, id, event, target, content } = request;
    if (id !== null && (await this.isRepeated(uid, dev, id))) return;
    const message = await this.#find(request);
    if (isMarkEvent(event)) return this.#requireMark(message, request);
    if (message.sender !== uid) {
      throw new StoaError('PERMISSION_DENIED', `Only its sender may ${event} a message.`);
    }
    await this.requirePresent(message, receiver);
    if (event === 'edit' && (content.poll !== undefined || pollOf(message) !== undefined)) {
      throw new StoaError('PERMISSION_DENIED', 'What was voted on cannot be changed.');
    }
    const rules = await rulesOf(aid);
    if (rules.policy === 'never') {
      throw new StoaError('PERMISSION_DENIED', `Users of this app may not ${event} messages.`);
    }
    const seconds = event === 'edit' ? rules.editSeconds : rules.recallSeconds;
    if (seconds > 0 && clock.now() > message.ts + seconds * 1000) {
      throw new StoaError('TOO_LATE', `A message can be changed by "${event}" for ${seconds} seconds.`);
    }
    if (rules.policy === 'unread' && (await this.#isRead(message, receiver))) {
      throw new StoaError('TOO_LATE', `Message ${target} was read already.`);
    }
  }

  /** Whoever may read a message, and send in its conversation (which was asked before), may mark it. */
  async #requireMark(message: StoredMessage, request: ChangeRequest): Promise<void> {
    const { uid, receiver, gid, event, content } = request;
    if (gid !== undefined) {
      const spans = await this.#options.groups.spans(message.conv, uid);
      if (!isReadable(spans, message.seq)) throw notFound(message.seq);
    }
    await this.requirePresent(message, gid === undefined && message.sender !== uid ? uid : receiver);
    requireMark(message, uid, event, content);
    if (content.pin?.on === true) await this.#requireRoomForPin(message);
  }

  async #requireRoomForPin({ conv, seq }: StoredMessage): Promise<void> {
    const pinned = await this.#options.log.pinned(conv, limits.pinsPerConversation);
    if (pinned.length < limits.pinsPerConversation || pinned.some((message) => message.seq === seq)) return;
    throw new StoaError(
      'LIMIT_REACHED',
      `A conversation has ${limits.pinsPerConversation} pinned messages at most.`,
    );
  }

  /** Whether this send was stored before. */
  async isRepeated(sender: number, dev: number, id: number): Promise<boolean> {
    return (await this.#options.log.findSend({ sender, dev, id })) !== undefined;
  }

  /**
   * Of what is gone there is nothing left to change, and an event is no message.
   *
   * @throws StoaError NOT_FOUND
   */
  async requirePresent(message: StoredMessage, receiver: number): Promise<void> {
    const isEvent = message.special !== null && message.special.event !== null;
    if (isEvent || (await this.#options.gone.reasonFor(message, receiver)) !== null) {
      throw notFound(message.seq);
    }
  }

  async #find({ aid, uid, receiver, gid, target }: ChangeRequest): Promise<StoredMessage> {
    const { log } = this.#options;
    const conversation = await log.findConversation(
      gid === undefined ? { kind: 'pair', aid, a: uid, b: receiver } : { kind: 'group', aid, gid },
    );
    if (conversation === undefined) throw notFound(target);
    const [message] = await log.read(conversation.conv, { after: target - 1, limit: 1 });
    if (message?.seq !== target) throw notFound(target);
    return message;
  }

  async #isRead({ conv, seq }: StoredMessage, receiver: number): Promise<boolean> {
    return (await this.#options.cursors.times(conv, receiver, seq)).readAt !== null;
  }
}

const notFound = (seq: number): StoaError =>
  new StoaError('NOT_FOUND', `There is no message at place ${seq}, or nothing is left of it.`);
