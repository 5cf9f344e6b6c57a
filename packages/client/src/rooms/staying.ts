import { type RoomInfo, StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { Timer } from '../timer.ts';
import type { RoomAsking } from './room-types.ts';

export interface StayingOptions {
  readonly gid: number;
  /** With which it comes back when the node of the room has died. */
  readonly pass: string | undefined;
  readonly clock: Clock;
  readonly ask: RoomAsking;
  /** Of the room, and the newest that was told of its participants; undefined when something before is missing. */
  readonly known: () => { readonly session: string; readonly rev: number | undefined };
  readonly onJoined: (info: RoomInfo) => void;
  /** The user may not be in it any more. */
  readonly onRefused: () => void;
  /** Something was not told: this is how the room is. */
  readonly onMissed: (info: RoomInfo) => void;
  /** How many there are. */
  readonly onCount: (count: number) => void;
}

/** Keeps a device in a room: says that it is there, joins again when it is not, finds out what it was not told. */
export class Staying {
  readonly #options: StayingOptions;
  readonly #timer: Timer;
  /** To join again, so far. */
  #reasons = 0;
  #isJoining = false;
  #isIn = true;
  #isOver = false;
  #pass: string | undefined;

  constructor(options: StayingOptions) {
    this.#options = options;
    this.#pass = options.pass;
    this.#timer = new Timer(options.clock, () => this.#look());
    this.#lookIn(aliveMs);
  }

  /** Joins again, until it is in. What happens meanwhile is reason to do it once more. */
  async join(): Promise<void> {
    this.#reasons += 1;
    if (this.#isJoining) return;
    this.#isJoining = true;
    let seen: number;
    do {
      seen = this.#reasons;
      this.#isIn = await this.#join();
    } while (seen !== this.#reasons);
    this.#isJoining = false;
  }

  stop(): void {
    this.#isOver = true;
    this.#timer.clear();
  }

  async #join(): Promise<boolean> {
    const { ask, gid, onJoined, onRefused } = this.#options;
    if (this.#isOver) return false;
    try {
      const pass = this.#pass;
      const joining = pass === undefined ? { gid } : { gid, pass };
      const { joined, room, ...given } = await ask('rooms.join', joining);
      if (this.#isOver) return false;
      this.#pass = given.pass ?? pass;
      if (!joined || room === undefined) onRefused();
      else onJoined(room);
      this.#lookIn(aliveMs);
      return true;
    } catch (error) {
      if (this.#isOver) return false;
      if (error instanceof StoaError && !error.retryable) onRefused();
      else this.#lookIn(retryMs);
      return false;
    }
  }

  #look(): void {
    if (this.#isIn) this.#sayAlive();
    else void this.join();
  }

  /** Says that this device is there, and finds out whether something was not told to it. */
  #sayAlive(): void {
    const { ask, gid, known, onCount } = this.#options;
    const { session, rev: before } = known();
    this.#lookIn(aliveMs);
    ask('rooms.alive', { gid, session })
      .then(({ rev, count, pass = this.#pass }) => {
        this.#pass = pass;
        if (count !== undefined && !this.#isOver) onCount(count);
        return this.#compare(before, rev);
      })
      .catch((error: unknown) => {
        if (error instanceof StoaError && error.code === 'NOT_IN_ROOM') void this.join();
      });
  }

  /** Something was lost when the server has told more than was heard, and nothing came meanwhile. */
  async #compare(before: number | undefined, told: number): Promise<void> {
    const { ask, gid, known, onMissed } = this.#options;
    if (this.#isOver || told === before || before !== known().rev) return;
    const { room } = await ask('rooms.get', { gid });
    if (room !== undefined && !this.#isOver && room.session === known().session) onMissed(room);
  }

  #lookIn(ms: number): void {
    if (!this.#isOver) this.#timer.setTo(this.#options.clock.now() + ms);
  }
}

/** The server waits for 25 seconds. */
const aliveMs = 10_000;
const retryMs = 1_000;
