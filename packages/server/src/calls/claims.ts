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
  readonly until: number;
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

  /** Asks the other nodes. `waitMs`: for how long. */
  async ask(content: TicketContent, input: SaidInput, waitMs: number): Promise<void> {
    const { bus, clock } = this.#options;
    const { id } = content;
    let claim = this.#claims.get(id);
    if (claim === undefined) {
      const subscription = bus.subscribe(subjects.call(id), (event) => {
        if ((event as CallEvent).type === 'call-owned') this.#release(id);
      });
      claim = { content, until: clock.now() + waitMs, subscription, inputs: [] };
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
    const event: CallEvent = { ...input, type: 'call-said' };
    this.#options.bus.publish(subjects.call(id), event);
  }

  tick(): void {
    const now = this.#options.clock.now();
    for (const [id, { until, content, inputs }] of this.#claims) {
      if (now < until) continue;
      this.#release(id);
      this.#options.onUnclaimed(content, inputs);
    }
  }

  close(): void {
    for (const id of this.#claims.keys()) this.#release(id);
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
