import type { OperationResponse } from '@stoa/protocol';
import type { Clock } from '../clock.ts';

type Servers = OperationResponse<'calls.servers'>;

/** The STUN and TURN servers, asked for once as long as their credentials are good. */
export class IceServers {
  readonly #ask: () => Promise<Servers>;
  readonly #clock: Clock;
  #asking: Promise<RTCIceServer[]> | undefined;
  #last: RTCIceServer[] = [];
  #height: number | undefined;
  #goodUntil = Number.NEGATIVE_INFINITY;

  constructor(ask: () => Promise<Servers>, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** Lines of the largest picture that may be sent in calls, as the server said last; undefined for any. */
  get height(): number | undefined {
    return this.#height;
  }

  /** Never rejects: when the server cannot be asked, the last ones have to do. */
  async current(): Promise<RTCIceServer[]> {
    if (this.#clock.now() < this.#goodUntil) return this.#last;
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #fetch(): Promise<RTCIceServer[]> {
    try {
      const { servers, seconds, height } = await this.#ask();
      this.#last = servers;
      this.#height = height;
      // A call must be able to begin, and to find another way, with what it was given.
      this.#goodUntil = this.#clock.now() + seconds * 500;
    } catch {}
    return this.#last;
  }
}
