import { randomBytes } from 'node:crypto';
import type { Subscription } from '@stoa/bus';
import type { MediaEngine, MediaEvent } from '@stoa/media';
import { type CallNotice, StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { CallRoom, type PictureRules } from './call-room.ts';
import type { CallInput, RelayOffer, Side } from './call-state.ts';

export interface CallRoomsOptions {
  /** Asked for when the first call needs it. */
  readonly engine: () => Promise<MediaEngine>;
  readonly clock: Clock;
  readonly rules: (call: string, side: Side) => Promise<PictureRules>;
  readonly follow: (call: string, side: Side, onSignedOut: () => void) => Promise<Subscription>;
  readonly onInput: (call: string, input: CallInput) => void;
  readonly tell: (call: string, side: Side, notice: CallNotice) => void;
  readonly onError: (error: unknown) => void;
}

/** The media rooms of calls whose devices do not reach each other: one for each such call, while it is on. */
export class CallRooms {
  readonly #options: CallRoomsOptions;
  /** By call. */
  readonly #rooms = new Map<string, CallRoom>();
  /** The same calls by the names of their rooms in the media plane. */
  readonly #calls = new Map<string, string>();
  #engine: Promise<MediaEngine> | undefined;

  constructor(options: CallRoomsOptions) {
    this.#options = options;
  }

  /** Opens a room in place of the one before; it is told by an input when it is there, or cannot be. */
  open(call: string): void {
    this.close(call);
    const { rules, follow, tell, onInput, onError } = this.#options;
    const session = randomBytes(9).toString('base64url');
    const room: CallRoom = new CallRoom({
      name: `call-${call}-${session}`,
      rules: (side) => rules(call, side),
      follow: (side, onSignedOut) => follow(call, side, onSignedOut),
      onSignedOut: () => {
        if (this.#rooms.get(call) === room) onInput(call, { type: 'signedOut' });
      },
      tell: (side, notice) => tell(call, side, notice),
      onRefused: () => onInput(call, { type: 'offerRefused' }),
      onError,
    });
    this.#rooms.set(call, room);
    this.#calls.set(room.name, call);
    this.#begin(call, room).then(
      () => {
        if (this.#rooms.get(call) === room) onInput(call, { type: 'relayOpened', session });
      },
      (error: unknown) => {
        onError(error);
        if (this.#rooms.get(call) !== room) return;
        this.close(call);
        onInput(call, { type: 'relayRefused' });
      },
    );
  }

  connect(call: string, side: Side, offer: RelayOffer): void {
    this.#rooms.get(call)?.connect(side, offer);
  }

  repeat(call: string, side: Side): void {
    this.#rooms.get(call)?.repeat(side);
  }

  /** Ends the media of a call; nothing happens when there is none. */
  close(call: string): void {
    const room = this.#rooms.get(call);
    if (room === undefined) return;
    this.#rooms.delete(call);
    this.#calls.delete(room.name);
    room.close();
  }

  /** What users may send may have changed. */
  review(): void {
    for (const room of this.#rooms.values()) room.review();
  }

  /** While the process that had the last room is being replaced, there is none for a moment. */
  async #begin(call: string, room: CallRoom): Promise<void> {
    const engine = await this.#openEngine();
    for (let attempt = 1; this.#rooms.get(call) === room; attempt++) {
      try {
        return await room.open(engine);
      } catch (error) {
        // Or the process has ended since the room was made in it.
        const isPassing = error instanceof StoaError && (error.retryable || error.code === 'NOT_FOUND');
        if (!isPassing || attempt === attempts) throw error;
        await this.#pause();
      }
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#options.clock.every(pauseMs, () => {
        stop();
        resolve();
      });
    });
  }

  #openEngine(): Promise<MediaEngine> {
    this.#engine ??= this.#listen();
    return this.#engine;
  }

  async #listen(): Promise<MediaEngine> {
    try {
      const engine = await this.#options.engine();
      engine.onEvent((event) => this.#heard(event));
      return engine;
    } catch (error) {
      // The next call tries again.
      this.#engine = undefined;
      throw error;
    }
  }

  #heard(event: MediaEvent): void {
    const call = this.#calls.get(event.room);
    if (call === undefined) return;
    if (event.type === 'encodings') this.#rooms.get(call)?.layers(event.participant, event.encodings);
    else if (event.type === 'roomLost') this.#options.onInput(call, { type: 'relayLost' });
  }
}

/** Attempts to open a room, and between two of them. */
const attempts = 50;
const pauseMs = 200;
