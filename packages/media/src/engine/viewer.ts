import { StoaError } from '@stoa/protocol';
import type { Kind } from '../codecs/codecs.ts';
import type { Room } from '../room/room.ts';
import type { View } from '../room/room-types.ts';
import type { SlotContent, ViewOffer, Wish } from './media-engine.ts';
import { type PlacedSlot, type Placing, place, samePlaces } from './placement.ts';

/** A stream as the room has it now: its id there changes with the publisher's transport. */
export interface Watchable extends Placing {
  readonly inRoom: string;
  readonly isScreen: boolean;
}

/** The pool of slots grows in steps, so that a few more joining cost no negotiation. */
const slotStep = 4;
const maxSlotsOfKind = 64;

/** What a participant sees: a transport with slots, and what is where. */
export class Viewer {
  transport: string | undefined;

  readonly #room: Room;
  readonly #onSlots: (slots: readonly SlotContent[]) => void;
  #slots: readonly PlacedSlot[] = [];
  #answered: readonly PlacedSlot[] = [];
  #placed = new Map<string, string>();
  /** Without a picture, because the path does not take it: as was told, and as it was when looked at last. */
  #paused: ReadonlySet<string> = new Set();
  #starving: ReadonlySet<string> = new Set();
  /** What the room was told last, by mid. */
  readonly #views = new Map<string, View>();
  #offer: ViewOffer = { version: 0, sdp: '' };
  /** The newest offer, while the slots that it adds are not answered. */
  #growing: ViewOffer | null = null;
  /** The slots are those of a player's own offer, and there will be no more. */
  #isFixed = false;

  constructor(room: Room, onSlots: (slots: readonly SlotContent[]) => void) {
    this.#room = room;
    this.#onSlots = onSlots;
  }

  /** The streams that are in slots. */
  get placed(): ReadonlyMap<string, string> {
    return this.#placed;
  }

  /** Opens a transport with slots for these; in place of the one before it, with at least as many slots. */
  async open(wanted: readonly Placing[]): Promise<ViewOffer> {
    const { transport, offer, slots } = await this.#room.view(this.#counts(wanted));
    this.close();
    this.transport = transport;
    this.#answered = [];
    this.#views.clear();
    this.#growing = null;
    this.#isFixed = false;
    return this.#offered(offer, slots);
  }

  /** Takes the offer of a player in place of the transport before it, and answers it: its m-lines are the slots. */
  async play(offer: string): Promise<string> {
    const { transport, answer, slots } = await this.#room.play(offer);
    this.close();
    this.transport = transport;
    this.#slots = slots;
    this.#answered = slots;
    this.#placed = new Map();
    this.#views.clear();
    this.#growing = null;
    this.#isFixed = true;
    return answer;
  }

  /** An offer that is not answered yet, of more slots than there were. */
  get growing(): ViewOffer | null {
    return this.#growing;
  }

  /** Adds slots when these do not fit into the pool: the offer is in `growing`. True when it is a new one. */
  grow(wanted: readonly Placing[]): boolean {
    if (this.#isFixed) return false;
    const counts = this.#counts(wanted);
    if (this.transport === undefined || counts.audio + counts.video <= this.#slots.length) return false;
    const { offer, slots } = this.#room.grow(this.transport, counts);
    this.#growing = this.#offered(offer, slots);
    return true;
  }

  answer({ version, sdp }: ViewOffer): void {
    if (this.transport === undefined) throw new StoaError('NOT_FOUND', 'The participant has no viewer.');
    if (this.#isFixed) throw new StoaError('CONFLICT', 'The offer of a player needs no answer of it.');
    if (version !== this.#offer.version)
      throw new StoaError('CONFLICT', 'There is a newer offer.', { hint: 'Answer the newest one.' });
    this.#room.answer(this.transport, sdp);
    this.#answered = this.#slots;
    this.#growing = null;
  }

  /** Shows these streams in slots that the viewer knows of, and tells where they are if that has changed. */
  show(wanted: readonly Watchable[], wishes: ReadonlyMap<string, Wish>): void {
    if (this.transport === undefined || this.#answered.length === 0) return;
    const before = this.#placed;
    this.#placed = place(wanted, this.#answered, before);
    const found = new Map(wanted.map((each) => [each.stream, each]));
    for (const { mid, kind } of this.#answered) {
      const stream = found.get(this.#placed.get(mid) ?? '');
      this.#assign(this.transport, mid, viewOf(stream, kind, wishes.get(stream?.stream ?? '')));
    }
    if (samePlaces(before, this.#placed)) return;
    this.#paused = new Set([...this.#paused].filter((mid) => before.get(mid) === this.#placed.get(mid)));
    this.#onSlots(this.contents());
  }

  /** Tells which pictures are paused, if that has changed. To be called a few times in a second. */
  look(): void {
    if (this.transport === undefined) return;
    const starving = new Set(this.#room.shortage(this.transport).paused);
    // What is so for a moment only is not worth a word.
    const paused = new Set([...starving].filter((mid) => this.#starving.has(mid)));
    this.#starving = starving;
    if (paused.size === this.#paused.size && [...paused].every((mid) => this.#paused.has(mid))) return;
    this.#paused = paused;
    this.#onSlots(this.contents());
  }

  contents(): SlotContent[] {
    return this.#slots.map(({ mid }) => {
      const stream = this.#placed.get(mid) ?? null;
      return { mid, stream, ...(stream !== null && this.#paused.has(mid) ? { paused: 'bandwidth' } : {}) };
    });
  }

  close(): void {
    const { transport } = this;
    this.transport = undefined;
    if (transport !== undefined) this.#room.close(transport);
  }

  #assign(transport: string, mid: string, view: View | undefined): void {
    const before = this.#views.get(mid);
    if (view?.stream === before?.stream && view?.height === before?.height) return;
    this.#room.assign(transport, mid, view);
    if (view === undefined) this.#views.delete(mid);
    else this.#views.set(mid, view);
  }

  #offered(sdp: string, mids: readonly string[]): ViewOffer {
    this.#slots = mids.map((mid) => ({ mid, kind: mid.startsWith('a') ? 'audio' : 'video' }));
    this.#offer = { version: this.#offer.version + 1, sdp };
    return this.#offer;
  }

  #counts(wanted: readonly Placing[]) {
    const count = (kind: 'audio' | 'video') => {
      const needed = wanted.filter((each) => each.kind === kind).length;
      const there = this.#slots.filter((each) => each.kind === kind).length;
      const inSteps = Math.ceil(needed / slotStep) * slotStep;
      return Math.min(maxSlotsOfKind, Math.max(slotStep, there, inSteps));
    };
    return { audio: count('audio'), video: count('video') };
  }
}

/** A stream in a slot as the room takes it; nothing for a voice that is paused. */
function viewOf(stream: Watchable | undefined, kind: Kind, wish: Wish | undefined): View | undefined {
  const paused = wish?.paused ?? false;
  if (stream === undefined || (paused && kind === 'audio')) return undefined;
  const height = paused ? 0 : wish?.height;
  const { inRoom, isScreen } = stream;
  return { stream: inRoom, isScreen, ...(height === undefined ? {} : { height }) };
}
