import type { Bus } from '@stoa/bus';
import type { Store } from '@stoa/storage';

/** Whether a load balancer should send new connections to this node. */
export class Readiness {
  readonly #store: Pick<Store, 'ping'>;
  readonly #bus: Pick<Bus, 'connected'>;
  /** The node has reached the others once. That all lose their bus later must not take all of them out of service. */
  #joined = false;
  #leaving = false;

  constructor(store: Pick<Store, 'ping'>, bus: Pick<Bus, 'connected'>) {
    this.#store = store;
    this.#bus = bus;
  }

  /** The node is about to stop. */
  leave(): void {
    this.#leaving = true;
  }

  /** Called about once a second. */
  look(): void {
    this.#joined ||= this.#bus.connected;
  }

  /** Resolves to what does not work, although the node does its work without it; rejects when it is not ready. */
  async check(): Promise<readonly string[]> {
    this.look();
    if (this.#leaving) throw new Error('The node is stopping.');
    if (!this.#joined) throw new Error('The node has not reached the other nodes yet.');
    await this.#store.ping();
    return this.#bus.connected ? [] : ['The other nodes cannot be reached: messages from them arrive late.'];
  }
}
