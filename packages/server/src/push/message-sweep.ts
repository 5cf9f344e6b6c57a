import { type ConversationForDevice, type Store, StoreUnavailableError } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { MessageNote } from './message-note.ts';
import type { PushNote } from './note.ts';
import { Pace } from './pace.ts';
import type { SweepMark } from './sweep-mark.ts';

export interface MessageSweepOptions {
  readonly store: Pick<Store, 'push' | 'pushSweep' | 'cursors'>;
  readonly clock: Clock;
  readonly mark: SweepMark;
  readonly noteFor: (uid: number, conversation: ConversationForDevice) => Promise<MessageNote | undefined>;
  readonly send: (uid: number, note: PushNote) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** A user and a conversation of which he may have to be told. */
interface Candidate {
  readonly uid: number;
  readonly conv: number;
}

/**
 * Wakes devices of users to whom messages were sent and not delivered within a few seconds. It goes over the log once,
 * behind its end by these seconds, and asks the cursors: what it decides by is in the store, so that it does not matter
 * which node took a message, and whether that one still lives. One node does it at a time (see SweepMark).
 *
 * A message whose commit took longer than these seconds, on another node, may be passed over.
 */
export class MessageSweep {
  readonly #options: MessageSweepOptions;
  readonly #pace = new Pace();
  /** Those whom it is too early to tell again, and when it is not any more. */
  readonly #later = new Map<string, Candidate & { readonly at: number }>();

  constructor(options: MessageSweepOptions) {
    this.#options = options;
  }

  /** To be called about once a second, not twice at once; stops between two steps when `goOn` says no. */
  async run(goOn: () => boolean): Promise<void> {
    const { store, clock, mark } = this.#options;
    // Without registrations, nothing of this costs anything.
    if (!(await store.push.any())) return;
    const start = await mark.hold();
    if (start === undefined) return;
    await this.#tellLater();
    const { pushSweep } = store;
    for (let after = start; goOn(); ) {
      const now = clock.now();
      const entries = await pushSweep.entries(after, entriesAtOnce);
      const young = entries.findIndex(({ ts }) => ts > now - graceMs);
      const settled = young < 0 ? entries : entries.slice(0, young);
      const end = settled.at(-1);
      if (end === undefined) break;
      const recent = settled.filter(({ ts }) => ts > now - longestMs);
      await this.#tellAll(await pushSweep.awaiting([...new Set(recent.map(({ conv }) => conv))]));
      after = end.mid;
      mark.reached(end.mid, now);
      if (young >= 0 || entries.length < entriesAtOnce) break;
    }
    await mark.save();
  }

  async #tellLater(): Promise<void> {
    const now = this.#options.clock.now();
    const due = [...this.#later.values()].filter(({ at }) => at <= now);
    for (const candidate of due) this.#later.delete(keyOf(candidate));
    await this.#tellAll(due);
  }

  async #tellAll(candidates: readonly Candidate[]): Promise<void> {
    for (let from = 0; from < candidates.length; from += candidatesAtOnce) {
      await Promise.all(
        candidates.slice(from, from + candidatesAtOnce).map((candidate) =>
          this.#tell(candidate).catch((error: unknown) => {
            // Tried again from here. Whatever else is wrong with one of them does not stop the others.
            if (error instanceof StoreUnavailableError) throw error;
            this.#options.onError(error);
          }),
        ),
      );
    }
  }

  async #tell({ uid, conv }: Candidate): Promise<void> {
    const { store, clock, noteFor, send } = this.#options;
    const conversation = await store.cursors.forDevice(conv, uid, 0);
    if (conversation === undefined) return;
    const { own, last: seq } = conversation;
    if (own.delivered >= seq) return;
    const key = keyOf({ uid, conv });
    const now = clock.now();
    const when = this.#pace.when(key, { delivered: own.delivered, seq, now });
    if (when === 'never') return;
    if (when !== 'now') {
      if (this.#later.size < mostLater) this.#later.set(key, { uid, conv, at: when });
      return;
    }
    const note = await noteFor(uid, conversation);
    if (note === undefined) return;
    if (this.#pace.when(key, { delivered: own.delivered, seq: note.seq, now }) === 'never') return;
    this.#pace.told(key, { seq: note.seq, now });
    await send(uid, note);
  }
}

const keyOf = ({ uid, conv }: Candidate): string => `${uid}/${conv}`;

/** What a connected device needs to say that it has a message, with some room. */
const graceMs = 3_000;
/** Of older messages nobody is told any more, should no node have run for so long. */
const longestMs = 24 * 3600 * 1_000;
const entriesAtOnce = 2_000;
const candidatesAtOnce = 8;
const mostLater = 50_000;
