import type { Bus, BusEvent } from '@stoa/bus';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';
import { type NodeEvent, subjects } from '../events.ts';

export interface OtherNodesOptions {
  /** Name of this node, unique in the installation. */
  readonly node: string;
  readonly bus: Bus;
  readonly clock: Clock;
  /**
   * A node ended without a word. What it had stored and not yet published it cannot publish any more: whoever waits for it
   * has to look for it in the store.
   */
  readonly onDied?: () => void;
}

/** What becomes of other nodes. */
export interface NodeChanges {
  /** The node has ended, or was heard last at `seen` and says nothing any more. */
  gone(node: string, seen: number): void;
  /** A node that was taken for dead is heard again. */
  back(): void;
}

/**
 * Knows which other nodes of the installation live: each says so every few seconds, and says goodbye at its end. One
 * that says nothing for too long is taken for dead, but not while this node itself is cut off from the others.
 */
export class OtherNodes {
  readonly #options: OtherNodesOptions;
  readonly #heard = new Map<string, number>();
  readonly #dead = new BoundedMap<string, true>(1_000);
  #changes: NodeChanges | undefined;
  #saidAt = 0;

  constructor(options: OtherNodesOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#heard.size;
  }

  has(node: string): boolean {
    return this.#heard.has(node);
  }

  /** Begins to listen and to be heard. */
  async join(changes: NodeChanges): Promise<void> {
    this.#changes = changes;
    await this.#options.bus.subscribe(
      subjects.nodes,
      (event) => this.#take(event),
      () => this.#rejoin(),
    );
    this.#greet();
  }

  /** Called about once a second. */
  tick(): void {
    const { node, bus, clock } = this.#options;
    const now = clock.now();
    if (now - this.#saidAt >= sayMs) this.#say({ type: 'node-alive', node });
    if (!bus.connected) return;
    const silent = [...this.#heard].filter(([, heardAt]) => now - heardAt >= silenceMs);
    for (const [other, heardAt] of silent) {
      this.#dead.set(other, true);
      this.#forget(other, heardAt);
    }
    if (silent.length > 0) this.#options.onDied?.();
  }

  /** Anything that a node says is a sign of life. */
  heardFrom(node: string): void {
    if (node === this.#options.node) return;
    this.#heard.set(node, this.#options.clock.now());
    if (this.#dead.get(node) === undefined) return;
    this.#dead.delete(node);
    this.#changes?.back();
  }

  /** Says goodbye. */
  leave(): void {
    this.#say({ type: 'node-left', node: this.#options.node });
  }

  #take(event: BusEvent): void {
    const { type, node, new: isNew } = event as NodeEvent;
    if (node === this.#options.node) return;
    if (type === 'node-left') {
      this.#forget(node, this.#options.clock.now());
    } else if (type === 'node-alive') {
      this.heardFrom(node);
      // So that it knows its neighbours at once.
      if (isNew) this.#say({ type: 'node-alive', node: this.#options.node });
    }
  }

  /** What others said may have been lost, and what this node said: everybody's time begins anew. */
  #rejoin(): void {
    for (const other of this.#heard.keys()) this.#heard.set(other, this.#options.clock.now());
    this.#greet();
  }

  #greet(): void {
    this.#say({ type: 'node-alive', node: this.#options.node, new: true });
  }

  #forget(node: string, seen: number): void {
    if (this.#heard.delete(node)) this.#changes?.gone(node, seen);
  }

  #say(event: NodeEvent): void {
    this.#saidAt = this.#options.clock.now();
    this.#options.bus.publish(subjects.nodes, event);
  }
}

const sayMs = 5_000;
/** Three times not heard. */
const silenceMs = 16_000;
