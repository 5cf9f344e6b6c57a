import { type Content, messageFlags } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { newConversation } from '../conversations/index.ts';
import { localMessage, type PendingChange, withChange } from '../messages/index.ts';
import {
  checkChange,
  checkDraft,
  type HandedIn,
  type IdShare,
  recordOfDraft,
  SendIds,
} from '../outbox/index.ts';
import type { Draft, LocalMessage, Target } from '../types.ts';
import type { ChangeCall, MarkCall, SendCall } from './carry-out.ts';

export interface HandInOptions {
  /** Id of this tab. */
  readonly tab: string;
  readonly clock: Clock;
  readonly idShare: IdShare;
  readonly random: () => number;
  /** Address of the user, as far as it is known. */
  readonly address: () => string | undefined;
  readonly serverTime: () => number;
}

/** A message or change as its application sees it at once, and what the leader is asked to do. */
export interface Prepared<Args> {
  readonly message: LocalMessage;
  readonly args: Args;
}

/** Does at once, in whatever tab, what needs no leader: checks, and shows what it will look like. */
export class HandIn {
  readonly #options: HandInOptions;
  readonly #ids: SendIds;
  #count = 0;

  constructor(options: HandInOptions) {
    this.#options = options;
    this.#ids = new SendIds(() => options.clock.now(), options.idShare);
  }

  /**
   * @param repeats a message that failed, whose place it takes
   * @throws StoaError BAD_FRAME or TOO_LARGE
   */
  send(
    target: Target,
    draft: Draft,
    repeats?: LocalMessage,
  ): Prepared<SendCall> & { readonly isTransient: boolean } {
    const { tab, clock, random, address, serverTime } = this.#options;
    const content = checkDraft(target, draft);
    this.#count += 1;
    const handedIn: HandedIn = {
      id: this.#ids.next(),
      localId: Math.floor(random() * 2 ** 32),
      now: clock.now(),
      key: `${tab}.${this.#count}`,
    };
    const record = recordOfDraft(target, draft, content, { ...handedIn, from: address() ?? '' });
    const options = { handedIn, ...(repeats === undefined ? {} : { repeats }) };
    return {
      message: localMessage(record, newConversation(record.conversation), serverTime()),
      args: [target, { ...draft, content }, options],
      isTransient: (record.flags & messageFlags.transient) !== 0,
    };
  }

  /** @throws StoaError BAD_REQUEST, BAD_FRAME or TOO_LARGE */
  mark(message: LocalMessage, wanted: PendingChange): Prepared<MarkCall> {
    const change = checkChange(message, wanted);
    return { message: withChange(message, change, this.#options.address()), args: [message, change] };
  }

  /**
   * @param content undefined: it is recalled
   * @throws StoaError PERMISSION_DENIED, BAD_REQUEST, BAD_FRAME or TOO_LARGE
   */
  change(message: LocalMessage, content: Content | undefined): Prepared<ChangeCall> {
    const event = content === undefined ? 'recall' : 'edit';
    const { message: changed, args } = this.mark(message, { event, content: content ?? {} });
    return { message: changed, args: [message, content && args[1].content] };
  }
}
