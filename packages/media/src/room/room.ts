import { StoaError } from '@stoa/protocol';
import { ReleaseClock } from '../bandwidth/release-clock.ts';
import type { Kind } from '../codecs/codecs.ts';
import type { MediaPacket } from '../forwarding/media-packet.ts';
import type { Slot } from '../forwarding/slot.ts';
import type { LayerStatistics, Source } from '../forwarding/source.ts';
import type { TransportOptions } from '../transport/connection.ts';
import { ReceiveTransport, type SlotCounts } from '../transport/receive-transport.ts';
import { SendTransport } from '../transport/send-transport.ts';
import { ChoiceTurns } from './choice-turns.ts';
import { chooseLayers, noShortage, type Shortage } from './choose-layers.ts';
import { LayerDemand } from './layer-demand.ts';
import { type Measured, measure } from './measure.ts';
import { isTaken, type Outlet } from './outlet.ts';
import { connectionsOf, type RoomOptions } from './room-options.ts';
import type { SlotStatistics, StreamDescription, View } from './room-types.ts';
import { slotStatistics } from './slot-statistics.ts';
import { usableLayers } from './usable-layers.ts';

/** Gets a stream's packets, of all its layers. They are valid during the call. */
export type PacketListener = (source: Source, packet: MediaPacket, now: number) => void;

interface Stream extends StreamDescription {
  readonly layers: LayerDemand[];
}

interface Subscription {
  readonly transport: ReceiveTransport;
  readonly slot: Slot;
  view: View;
}

const demandIntervalMs = 200;

/** Publishers and viewers, and which of their streams goes to which of their slots. */
export class Room {
  readonly #options: RoomOptions;
  readonly #connections: TransportOptions;
  readonly #senders = new Map<string, SendTransport>();
  readonly #receivers = new Map<string, ReceiveTransport>();
  readonly #streams = new Map<string, Stream>();
  readonly #subscriptions = new Map<Slot, Subscription>();
  /** By stream, what every packet of it goes to. */
  readonly #routes = new Map<string, Subscription[]>();
  readonly #outlets = new Set<Outlet>();
  readonly #releases = new ReleaseClock();
  /** By stream, who gets all of it besides viewers. */
  readonly #taps = new Map<string, PacketListener>();
  readonly #shortages = new WeakMap<ReceiveTransport, Shortage>();
  readonly #turns = new ChoiceTurns<ReceiveTransport>();
  #transports = 0;
  #demandedAt = 0;

  constructor(options: RoomOptions = {}) {
    this.#options = options;
    this.#connections = connectionsOf(options);
  }

  /** Takes a publisher's offer. */
  async publish(offer: string): Promise<{ transport: string; answer: string; streams: StreamDescription[] }> {
    const id = this.#newId('s');
    const sender = await SendTransport.open(id, offer, this.#connections, {
      onSource: (mid, source) => this.addSource(`${id}/${mid}`, source),
      onPacket: (source, packet, now) => this.forward(source, packet, now),
      onState: (state) => this.#options.onState?.(id, state),
    });
    this.#senders.set(id, sender);
    return { transport: id, answer: sender.answer, streams: this.#list(id, sender) };
  }

  /** Takes a later offer of the same publisher: more streams, or fewer. */
  republish(transport: string, offer: string): { answer: string; streams: StreamDescription[] } {
    const sender = this.#sender(transport);
    const answer = sender.renegotiate(offer);
    return { answer, streams: this.#list(transport, sender) };
  }

  /** Makes the offer for a viewer, to be answered by `answer`. */
  async view(counts: SlotCounts): Promise<{ transport: string; offer: string; slots: readonly string[] }> {
    const id = this.#newId('r');
    const receiver = await ReceiveTransport.open(counts, this.#connections, this.#releases, (state) =>
      this.#options.onState?.(id, state),
    );
    this.#receivers.set(id, receiver);
    return { transport: id, offer: receiver.offer, slots: receiver.slots.map(({ mid }) => mid) };
  }

  /** Takes the offer of a player, whose m-lines become its slots, all that it will have. */
  async play(
    offer: string,
  ): Promise<{ transport: string; answer: string; slots: readonly { mid: string; kind: Kind }[] }> {
    const id = this.#newId('r');
    const { transport, answer } = await ReceiveTransport.playing(
      offer,
      this.#connections,
      this.#releases,
      (state) => this.#options.onState?.(id, state),
    );
    this.#receivers.set(id, transport);
    return {
      transport: id,
      answer,
      slots: transport.slots.map(({ mid, slot: { kind } }) => ({ mid, kind })),
    };
  }

  /** Gives a viewer more slots: the offer is to be answered. */
  grow(transport: string, counts: SlotCounts): { offer: string; slots: readonly string[] } {
    const receiver = this.#receiver(transport);
    receiver.grow(counts);
    return { offer: receiver.offer, slots: receiver.slots.map(({ mid }) => mid) };
  }

  answer(transport: string, sdp: string): void {
    this.#receiver(transport).answer(sdp);
  }

  /** Shows a stream in a slot, or nothing. Takes effect at once, without any negotiation. */
  assign(transport: string, mid: string, view: View | undefined): void {
    const receiver = this.#receiver(transport);
    const slot = receiver.slots.find((each) => each.mid === mid)?.slot;
    if (slot === undefined) throw new StoaError('NOT_FOUND', `The viewer has no slot "${mid}".`);
    const before = this.#subscriptions.get(slot);
    if (view === undefined) {
      slot.show(undefined);
      this.#unroute(before);
      return;
    }
    const stream = this.#streams.get(view.stream);
    if (stream === undefined) throw new StoaError('NOT_FOUND', `There is no stream "${view.stream}".`);
    if (stream.kind !== slot.kind) {
      throw new StoaError('BAD_REQUEST', `Slot "${mid}" is for ${slot.kind}, the stream is ${stream.kind}.`);
    }
    if (before?.view.stream === view.stream) {
      before.view = view;
    } else {
      this.#unroute(before);
      const subscription = { transport: receiver, slot, view };
      this.#subscriptions.set(slot, subscription);
      this.#routes.set(view.stream, [...(this.#routes.get(view.stream) ?? []), subscription]);
    }
    const now = Date.now();
    this.#choose(receiver, now);
    this.#updateDemand(stream, now);
  }

  /** Gives a listener, one for each stream, all that arrives of it, until the answer is called. Its largest layer stays on. */
  tap(stream: string, listener: PacketListener): () => void {
    this.#taps.set(stream, listener);
    return () => {
      if (this.#taps.get(stream) === listener) this.#taps.delete(stream);
    };
  }

  /** Sends all that arrives there, too, until the answer is called. */
  attach(outlet: Outlet): () => void {
    this.#outlets.add(outlet);
    return () => this.#outlets.delete(outlet);
  }

  /** The streams that are in somebody's slot. */
  get routed(): string[] {
    return [...this.#routes.keys()];
  }

  layersOf(stream: string): readonly LayerDemand[] {
    return this.#streams.get(stream)?.layers ?? [];
  }

  /** Takes streams, by their ids, that do not come from a publisher of this room: by `addSource` and `forward`. */
  setRemote(streams: readonly Pick<StreamDescription, 'id' | 'kind'>[]): void {
    for (const { id, kind } of streams) {
      if (!this.#streams.has(id)) this.#streams.set(id, { id, kind, transport: '', mid: '', layers: [] });
    }
    for (const stream of this.#streams.values()) {
      if (stream.transport === '' && !streams.some(({ id }) => id === stream.id)) this.#remove(stream);
    }
  }

  /** A layer of a stream has begun; or has been turned off at its publisher, when it had this bitrate. */
  addSource(id: string, source: Source, restingBitrate?: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    // A browser that starts a layer anew, with another SSRC, has given up the old one.
    const now = Date.now();
    const replaced = stream.layers.findIndex((layer) => layer.source.rid === source.rid);
    const [before] = replaced >= 0 ? stream.layers.splice(replaced, 1) : [];
    // The same one anew is off still when it was. Of a stream of another process, that is told.
    const isOff = stream.transport !== '' && before?.resting === true && before.source.ssrc === source.ssrc;
    const bitrate = restingBitrate ?? (isOff ? before.bitrate(now) : undefined);
    stream.layers.push(new LayerDemand(source, now, bitrate));
    this.#turns.callAll();
    this.#demandedAt = 0;
  }

  forward(source: Source, packet: MediaPacket, now: number): void {
    if (this.#taps.size > 0) this.#taps.get(source.stream)?.(source, packet, now);
    if (this.#outlets.size > 0) this.#forwardOut(source, packet, now);
    const routes = this.#routes.get(source.stream);
    if (routes === undefined) return;
    for (const { transport, slot } of routes) transport.forward(slot, source, packet, now);
    // Kept in the cache, the view would outlive the moment that it is of use.
    packet.outgoing = undefined;
  }

  /** Whether packets of a stream are taken from its publisher. */
  permit(stream: string, permitted: boolean): void {
    const found = this.#streams.get(stream);
    if (found === undefined) throw new StoaError('NOT_FOUND', `There is no stream "${stream}".`);
    this.#sender(found.transport).permit(found.mid, permitted);
  }

  /** The loudest that was heard of a stream since the last call: 0 to 127 (silence), or -1 for nothing. */
  takeLevel(stream: string): number {
    return this.#streams.get(stream)?.layers.at(-1)?.source.takeLevel() ?? -1;
  }

  measure(transport: string): Measured {
    const receiver = this.#receivers.get(transport);
    return measure(this.#senders.get(transport), receiver, receiver && this.#shortages.get(receiver));
  }

  /**
   * The most that a transport sends or gets: bits per second (`undefined` for any), and pixels of the shorter side of a
   * publisher's pictures. Larger ones reach nobody.
   */
  limit(transport: string, bitrate: number | undefined, height = Number.POSITIVE_INFINITY): void {
    const sender = this.#senders.get(transport);
    if (sender !== undefined) sender.maxHeight = height;
    const either = sender ?? this.#receivers.get(transport);
    if (either === undefined) throw new StoaError('NOT_FOUND', `There is no transport "${transport}".`);
    either.maxBitrate = bitrate;
  }

  /** Asks for a key frame of every layer that somebody sees or waits for. */
  requestKeyFrame(stream: string): void {
    for (const { slot } of this.#routes.get(stream) ?? []) slot.wanted?.keyFrames.want();
    for (const { source } of this.layersOf(stream))
      if (isTaken(this.#outlets, source)) source.keyFrames.want();
  }

  /** What arrived of a stream, by layer, and what was refused. */
  streamStatistics(id: string, now: number): { refused: number; layers: LayerStatistics[] } {
    const stream = this.#streams.get(id);
    if (stream === undefined) return { refused: 0, layers: [] };
    return {
      refused: this.#senders.get(stream.transport)?.refused(stream.mid) ?? 0,
      layers: stream.layers.map(({ source }) => source.statistics(now)),
    };
  }

  statistics(transport: string): { bitrate: number; slots: SlotStatistics[] } {
    const receiver = this.#receiver(transport);
    return { bitrate: receiver.estimator.bitrate, slots: receiver.slots.map(slotStatistics) };
  }

  shortage(transport: string): Shortage {
    const receiver = this.#receivers.get(transport);
    return (receiver && this.#shortages.get(receiver)) ?? noShortage;
  }

  /** What is due: to be called every few tens of milliseconds, with the time of `Date.now`. */
  tick(now: number): void {
    for (const sender of this.#senders.values()) sender.tick(now);
    for (const receiver of this.#receivers.values()) receiver.tick(now);
    for (const receiver of this.#turns.take(this.#receivers.values(), this.#receivers.size, now))
      this.#choose(receiver, now);
    if (now - this.#demandedAt < demandIntervalMs) return;
    this.#demandedAt = now;
    for (const stream of this.#streams.values()) this.#updateDemand(stream, now);
  }

  /** Ends a transport of either kind, and what is shown of it. */
  close(transport: string): void {
    this.#senders.get(transport)?.close();
    this.#senders.delete(transport);
    const receiver = this.#receivers.get(transport);
    receiver?.close();
    this.#receivers.delete(transport);
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.transport === receiver) this.#unroute(subscription);
    }
    for (const stream of this.#streams.values()) if (stream.transport === transport) this.#remove(stream);
  }

  closeAll(): void {
    for (const id of [...this.#senders.keys(), ...this.#receivers.keys()]) this.close(id);
  }

  #list(transport: string, sender: SendTransport): StreamDescription[] {
    const listed = sender.streams.map(({ mid, kind }) => ({
      id: `${transport}/${mid}`,
      transport,
      mid,
      kind,
    }));
    for (const description of listed) {
      if (!this.#streams.has(description.id))
        this.#streams.set(description.id, { ...description, layers: [] });
    }
    for (const stream of this.#streams.values()) {
      if (stream.transport === transport && !listed.some(({ id }) => id === stream.id)) this.#remove(stream);
    }
    return listed;
  }

  #remove(stream: Stream): void {
    this.#streams.delete(stream.id);
    for (const subscription of this.#routes.get(stream.id) ?? []) {
      subscription.slot.show(undefined);
      this.#subscriptions.delete(subscription.slot);
    }
    this.#routes.delete(stream.id);
  }

  #unroute(subscription: Subscription | undefined): void {
    if (subscription === undefined) return;
    const { stream } = subscription.view;
    this.#subscriptions.delete(subscription.slot);
    const others = (this.#routes.get(stream) ?? []).filter((each) => each !== subscription);
    if (others.length === 0) this.#routes.delete(stream);
    else this.#routes.set(stream, others);
  }

  #choose(receiver: ReceiveTransport, now: number): void {
    const viewed = receiver.slots.flatMap(({ mid, slot }) => {
      const view = this.#subscriptions.get(slot)?.view;
      if (view === undefined) return [];
      const layers = this.#layers(view.stream, now).filter(({ source }) => slot.takes(source));
      return [{ mid, slot, view, layers }];
    });
    this.#shortages.set(receiver, chooseLayers(receiver, viewed, now));
  }

  #layers(id: string, now: number): LayerDemand[] {
    const stream = this.#streams.get(id);
    if (stream === undefined) return [];
    return usableLayers(stream.layers, (source) => this.#isTooLarge(stream, source), now);
  }

  #isTooLarge({ transport }: Stream, { width, height }: Source): boolean {
    // What comes from another process has been looked at there.
    const { maxHeight = Number.POSITIVE_INFINITY } = this.#senders.get(transport) ?? {};
    return Math.min(width, height) > maxHeight;
  }

  #updateDemand(stream: Stream, now: number): void {
    const { id, kind, layers } = stream;
    // Who talks is to be known of every microphone.
    if (kind === 'audio') return;
    const routes = this.#routes.get(id) ?? [];
    const tapped = this.#taps.has(id) ? this.#layers(id, now).at(-1) : undefined;
    let changed = false;
    for (const layer of layers) {
      const { source } = layer;
      const taken =
        layer === tapped ||
        // Only while it comes it can become smaller.
        this.#isTooLarge(stream, source) ||
        routes.some(({ slot }) => slot.wanted === source || slot.shown === source) ||
        isTaken(this.#outlets, source);
      changed = layer.update(taken, now) || changed;
    }
    if (!changed) return;
    const wishes = layers.map(({ source, resting }) => ({ rid: source.rid, active: !resting }));
    this.#options.onLayers?.(id, wishes);
  }

  #forwardOut(source: Source, packet: MediaPacket, now: number): void {
    const stream = this.#streams.get(source.stream);
    if (stream === undefined || this.#isTooLarge(stream, source)) return;
    for (const outlet of this.#outlets) outlet.forward(source, packet, now);
  }

  #newId(prefix: string): string {
    this.#transports += 1;
    return `${prefix}${this.#transports}`;
  }

  #sender(id: string): SendTransport {
    const found = this.#senders.get(id);
    if (found === undefined) throw new StoaError('NOT_FOUND', `There is no publisher "${id}".`);
    return found;
  }

  #receiver(id: string): ReceiveTransport {
    const found = this.#receivers.get(id);
    if (found === undefined) throw new StoaError('NOT_FOUND', `There is no viewer "${id}".`);
    return found;
  }
}
