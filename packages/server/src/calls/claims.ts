import type { Bus, Subscription } from '@stoa/bus';
import type { Clock } from '../clock.ts';
import { type CallEvent, subjects } from '../events.ts';
import type { CallInput } from './call-state.ts';
import type { TicketContent } from './tickets.ts';

export interface ClaimsOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  /** No node says that the call is its own: it is this node's from now on. */
  readonly onUnclaimed: (content: TicketContent, inputs: readonly SaidInput[]) => void;
}

export type SaidInput = Extract<CallInput, { type: 'said' }>;

interface Claim {
  readonly content: TicketContent;
  readonly waitMs: number;
  /** When it is waited no longer, whatever becomes of the bus. */
  readonly longestUntil: number;
  until: number;
  readonly subscription: Promise<Subscription>;
  /** What devices said meanwhile. */
  readonly inputs: SaidInput[];
}

/** Calls of which devices have brought tickets to this node, while it waits for the node that may be responsible. */
export class Claims {
  readonly #options: ClaimsOptions;
  readonly #claims = new Map<string, Claim>();

  constructor(options: ClaimsOptions) {
    this.#options = options;
  }

  /** Asks the other nodes. `waitMs`: for how long, while they can be reached. */
  async ask(content: TicketContent, input: SaidInput, waitMs: number): Promise<void> {
    const { bus, clock } = this.#options;
    const { id } = content;
    let claim = this.#claims.get(id);
    if (claim === undefined) {
      const now = clock.now();
      const subscription = bus.subscribe(
        subjects.call(id),
        (event) => {
          if ((event as CallEvent).type === 'call-owned') this.#release(id);
        },
        () => this.#askAgain(id),
      );
      const longestUntil = now + longestMs;
      claim = { content, waitMs, longestUntil, until: now + waitMs, subscription, inputs: [] };
      this.#claims.set(id, claim);
    }
    claim.inputs.push(input);
    await claim.subscription;
    this.pass(id, input);
  }

  /** Passes on what a device says about a call of another node; kept in case that there is none. */
  pass(id: string, input: SaidInput): void {
    const asks = input.event.type === 'resume' || input.event.type === 'alive';
    if (!asks) this.#claims.get(id)?.inputs.push(input);
    this.#publish(id, input);
  }

  tick(): void {
    const { bus, clock } = this.#options;
    const now = clock.now();
    for (const [id, claim] of this.#claims) {
      const { content, inputs, longestUntil, waitMs } = claim;
      // The node that knows the call may live all the same; when it does not, the devices cannot wait for ever.
      if (!bus.connected) claim.until = Math.max(claim.until, Math.min(now + waitMs, longestUntil));
      if (now < claim.until) continue;
      this.#release(id);
      this.#options.onUnclaimed(content, inputs);
    }
  }

  close(): void {
    for (const id of this.#claims.keys()) this.#release(id);
  }

  #publish(id: string, input: SaidInput): void {
    const event: CallEvent = { ...input, type: 'call-said' };
    this.#options.bus.publish(subjects.call(id), event);
  }

  /** The question, or the answer, may have got lost. */
  #askAgain(id: string): void {
    const { bus, clock } = this.#options;
    const claim = this.#claims.get(id);
    if (claim === undefined || !bus.connected) return;
    claim.until = clock.now() + claim.waitMs;
    for (const input of claim.inputs) this.#publish(id, input);
  }

  #release(id: string): void {
    const claim = this.#claims.get(id);
    this.#claims.delete(id);
    claim?.subscription.then(
      (subscription) => subscription.unsubscribe(),
      () => {},
    );
  }
}

/** How long it is waited at the most while the bus is away: well within the patience of devices. */
const longestMs = 15_000;
