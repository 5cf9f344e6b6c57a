import { StoaError } from '@stoa/protocol';
import type { Room } from '../room/room.ts';
import { type PublishOffer, readPublishOffer } from '../sdp/publish-offer.ts';
import { checkStreams } from './check-arguments.ts';
import type { OfferedStream, PublishedStream, StreamKind } from './media-engine.ts';

/** A stream through all transports that its participant has one after the other. */
export interface EngineStream {
  readonly id: string;
  readonly name: string;
  readonly kind: StreamKind;
  mid: string;
  muted: boolean;
  /** Its id in the room, of the transport that it comes by now. */
  inRoom: string;
}

interface Connected {
  readonly transport: string;
  readonly credentials: string;
  /** By name. */
  readonly streams: Map<string, EngineStream>;
}

export interface PublisherEvents {
  onStarted(stream: EngineStream): void;
  onEnded(stream: EngineStream): void;
}

/** What a participant publishes, by a transport that may be replaced. */
export class Publisher {
  readonly participant: string;
  readonly #room: Room;
  readonly #events: PublisherEvents;
  readonly #closed = new Set<string>();
  #permitted: readonly StreamKind[] = [];
  #current: Connected | undefined;
  /** Takes over when it is connected. */
  #next: Connected | undefined;

  constructor(participant: string, room: Room, events: PublisherEvents) {
    this.participant = participant;
    this.#room = room;
    this.#events = events;
  }

  get transport(): string | undefined {
    return this.#current?.transport;
  }

  /** That of now, and the one that will take its place. */
  get transports(): string[] {
    return [this.#current, this.#next].flatMap((each) => each?.transport ?? []);
  }

  get streams(): EngineStream[] {
    return [...(this.#current?.streams.values() ?? [])];
  }

  /** The stream as it comes by the transport of now. */
  find(id: string): EngineStream | undefined {
    return this.streams.find((stream) => stream.id === id);
  }

  describe(stream: EngineStream): PublishedStream {
    const { id, name, kind, mid } = stream;
    return { id, participant: this.participant, name, kind, mid, forwarded: this.#isForwarded(stream) };
  }

  async publish(sdp: string, named: readonly OfferedStream[]): Promise<PublishedAnswer> {
    const offer = readPublishOffer(sdp);
    const streams = checkStreams(named, offer);
    const credentials = credentialsOf(offer);
    const known = [this.#current, this.#next].find((each) => each?.credentials === credentials);
    return known === undefined
      ? this.#connect(sdp, credentials, streams)
      : this.#renegotiate(known, sdp, streams);
  }

  permit(kinds: readonly StreamKind[]): void {
    this.#permitted = kinds;
    this.#apply();
  }

  mute(stream: EngineStream, muted: boolean): void {
    stream.muted = muted;
    this.#apply();
  }

  closeStream(stream: EngineStream): void {
    this.#closed.add(stream.name);
    this.#current?.streams.delete(stream.name);
    this.#room.permit(stream.inRoom, false);
    this.#events.onEnded(stream);
  }

  /** A transport is connected: if it is the new one, its streams take over. True when they did. */
  onConnected(transport: string): boolean {
    if (this.#next?.transport !== transport) return false;
    this.#adopt(this.#next);
    return true;
  }

  close(): void {
    const { transports, streams: ended } = this;
    this.#current = undefined;
    this.#next = undefined;
    for (const transport of transports) this.#room.close(transport);
    for (const stream of ended) this.#events.onEnded(stream);
  }

  async #connect(
    sdp: string,
    credentials: string,
    named: readonly OfferedStream[],
  ): Promise<PublishedAnswer> {
    const { transport, answer, streams } = await this.#room.publish(sdp);
    const connected: Connected = { transport, credentials, streams: new Map() };
    this.#closed.clear();
    this.#fill(connected, named, streams);
    const replaced = this.#next;
    this.#next = connected;
    if (replaced !== undefined) this.#room.close(replaced.transport);
    if (this.#current === undefined) this.#adopt(connected);
    else this.#apply();
    return { sdp: answer, streams: [...connected.streams.values()].map((stream) => this.describe(stream)) };
  }

  #renegotiate(connected: Connected, sdp: string, named: readonly OfferedStream[]): PublishedAnswer {
    const { answer, streams } = this.#room.republish(connected.transport, sdp);
    const before = [...connected.streams.values()];
    const open = named.filter(({ name }) => !this.#closed.has(name));
    this.#fill(connected, open, streams);
    if (connected === this.#current) this.#tell(before, connected);
    this.#apply();
    return { sdp: answer, streams: [...connected.streams.values()].map((stream) => this.describe(stream)) };
  }

  /** The streams of a transport, under their names. */
  #fill(
    connected: Connected,
    named: readonly OfferedStream[],
    inRoom: readonly { readonly id: string; readonly mid: string }[],
  ): void {
    const before = new Map([...(this.#current?.streams ?? []), ...connected.streams]);
    connected.streams.clear();
    for (const { name, kind, mid } of named) {
      const id = inRoom.find((stream) => stream.mid === mid)?.id;
      if (id === undefined) throw new StoaError('INTERNAL', `The m-line "${mid}" got no stream.`);
      const muted = before.get(name)?.muted ?? false;
      connected.streams.set(name, { id: `${this.participant}/${name}`, name, kind, mid, muted, inRoom: id });
    }
  }

  #adopt(connected: Connected): void {
    const old = this.#current;
    this.#current = connected;
    this.#next = undefined;
    // Muted in the meantime.
    for (const [name, stream] of connected.streams) {
      stream.muted = old?.streams.get(name)?.muted ?? stream.muted;
    }
    this.#apply();
    this.#tell([...(old?.streams.values() ?? [])], connected);
    if (old !== undefined) this.#room.close(old.transport);
  }

  #tell(before: readonly EngineStream[], connected: Connected): void {
    for (const old of before) {
      const stream = connected.streams.get(old.name);
      if (stream?.kind !== old.kind) this.#events.onEnded(old);
    }
    for (const stream of connected.streams.values()) {
      const old = before.find(({ name }) => name === stream.name);
      if (old?.kind !== stream.kind) this.#events.onStarted(stream);
    }
  }

  /** Packets of what is muted or not permitted are dropped where they arrive. */
  #apply(): void {
    for (const connected of [this.#current, this.#next]) {
      for (const stream of connected?.streams.values() ?? [])
        this.#room.permit(stream.inRoom, this.#isForwarded(stream));
    }
  }

  #isForwarded({ kind, muted }: EngineStream): boolean {
    return !muted && this.#permitted.includes(kind);
  }
}

export interface PublishedAnswer {
  readonly sdp: string;
  readonly streams: readonly PublishedStream[];
}

function credentialsOf({ peer }: PublishOffer): string {
  return `${peer.iceUfrag} ${peer.icePwd}`;
}
