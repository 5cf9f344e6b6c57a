import type { Clock } from '../clock.ts';
import type { Link } from '../connection/index.ts';
import { lastPlace, targetOf } from '../conversations/index.ts';
import type { LocalData } from '../store/index.ts';
import type { ConversationId } from '../types.ts';

/** Own sends move the server's idea of this device too, but nothing waits for it. */
const ownSendsPerAcknowledgement = 20;
/**
 * How long acknowledgements of groups are gathered after the last one: where many members get many messages, those are
 * what a message costs. A message into silence is acknowledged at once.
 */
const gatherMs = 200;
/** Messages for which none is sent, at the most: well below limits.deliveryWindow, behind which the server waits. */
const gatheredAtMost = 16;

/**
 * Tells the server what is stored: once per conversation and batch, however many messages came; of groups, once for
 * several batches when these follow each other closely. Every message that it streamed is acknowledged, also one that was
 * here already, because it counts them.
 */
export class Acknowledgements {
  readonly #data: LocalData;
  readonly #link: Link;
  readonly #clock: Clock;
  /** Of the batch that is being stored. */
  readonly #noted = new Set<ConversationId>();
  /** Groups of stored batches that wait for their time. */
  readonly #gathered = new Set<ConversationId>();
  readonly #ownSends = new Map<ConversationId, number>();
  #messagesGathered = 0;
  #lastOfGroup = Number.NEGATIVE_INFINITY;
  #timer: unknown;

  constructor({ data, link, clock }: { data: LocalData; link: Link; clock: Clock }) {
    this.#data = data;
    this.#link = link;
    this.#clock = clock;
  }

  /** Something of the conversation will be stored with the present batch. */
  note(id: ConversationId, streamed: boolean): void {
    const ownSends = streamed ? 0 : (this.#ownSends.get(id) ?? 0) + 1;
    if (streamed || ownSends >= ownSendsPerAcknowledgement) {
      this.#noted.add(id);
      this.#ownSends.delete(id);
      if (isGroup(id)) this.#messagesGathered += 1;
    } else this.#ownSends.set(id, ownSends);
  }

  /** The batch is stored. */
  send(): void {
    for (const id of this.#noted) {
      if (isGroup(id)) this.#gathered.add(id);
      else this.#acknowledge(id);
    }
    this.#noted.clear();
    if (this.#gathered.size === 0) return;
    const wait = this.#lastOfGroup + gatherMs - this.#clock.now();
    // A clock that was set back does not hold anything up.
    if (wait <= 0 || wait > gatherMs || this.#messagesGathered >= gatheredAtMost) this.#sendGathered();
    else this.#timer ??= this.#clock.setTimeout(() => this.#sendGathered(), wait);
  }

  /** The connection is gone. */
  clear(): void {
    this.#noted.clear();
    this.#gathered.clear();
    this.#ownSends.clear();
    this.#messagesGathered = 0;
    this.#lastOfGroup = Number.NEGATIVE_INFINITY;
    this.#stopTimer();
  }

  #sendGathered(): void {
    this.#stopTimer();
    this.#lastOfGroup = this.#clock.now();
    this.#messagesGathered = 0;
    for (const id of this.#gathered) this.#acknowledge(id);
    this.#gathered.clear();
  }

  #acknowledge(id: ConversationId): void {
    const record = this.#data.conversation(id);
    const seq = lastPlace(record?.runs ?? []);
    if (record !== undefined && seq > 0) this.#link.send({ t: 'received', conv: record.conv, seq });
  }

  #stopTimer(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function isGroup(id: ConversationId): boolean {
  return 'gid' in targetOf(id);
}
