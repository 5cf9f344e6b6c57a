import type { Target } from '@stoa/client';
import { FaultProxy } from '@stoa/testkit';
import { type DeviceView, Life, nothing } from './life.ts';
import type { CrashPoint } from './mortal-store.ts';
import { localIdOf } from './naming.ts';
import type { Observation } from './observation.ts';

export interface DeviceOptions {
  readonly name: string;
  readonly user: string;
  readonly token: string;
  readonly path: string;
  readonly random: () => number;
  readonly observe: (observation: Observation) => void;
}

/** A device over all its lives, and its own line to a node, which fails on request. */
export class Device {
  readonly proxy: FaultProxy;
  readonly #options: DeviceOptions;
  #life: Life | undefined;
  #sent = 0;
  #edits = 0;
  /** The end of the life before: until then its store is in use. */
  #ending: Promise<void> = Promise.resolve();

  static async make(port: number, options: DeviceOptions): Promise<Device> {
    return new Device(await FaultProxy.start(port), options);
  }

  private constructor(proxy: FaultProxy, options: DeviceOptions) {
    this.proxy = proxy;
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get isOpen(): boolean {
    return this.#life !== undefined;
  }

  async open(): Promise<void> {
    await this.#ending;
    if (this.#life !== undefined) return;
    const { token, path, random, observe } = this.#options;
    const life: Life = new Life({
      url: this.proxy.url,
      token,
      path,
      random,
      observe,
      onDeath: () => {
        if (this.#life === life) this.#life = undefined;
        // As the operating system would: nothing of its connection is left.
        this.proxy.cut();
      },
    });
    this.#life = life;
    // Never resolves when it dies meanwhile.
    life.start().catch((error: unknown) => {
      throw error;
    });
  }

  /** Hands the client messages to send; without a life nobody does. */
  send(target: Target, count: number, size: number): void {
    for (let one = 0; one < count && this.#life !== undefined; one++) {
      this.#sent += 1;
      const text = `${this.name}#${this.#sent} ${'x'.repeat(size)}`;
      this.#life.send(target, localIdOf(this.name, this.#sent), text);
    }
  }

  /** Edits or recalls an own message of the conversation: the newest but `but`. */
  change(target: Target, but: number, how: 'edit' | 'recall'): void {
    this.#edits += 1;
    const text = how === 'edit' ? `${this.name}~${this.#edits}` : undefined;
    this.#life?.change(target, but, text).catch(() => {});
  }

  read(target: Target, but: number, receipt: boolean): void {
    // It may die before, or its connection may end: then nothing was read.
    this.#life?.read(target, but, receipt).catch(() => {});
  }

  /** Ends the present life in order. */
  leave(): void {
    const life = this.#life;
    this.#life = undefined;
    if (life !== undefined) this.#ending = life.stop();
  }

  crash(point: CrashPoint): void {
    this.#life?.crash(point);
  }

  wake(): void {
    this.#life?.wake();
  }

  async view(): Promise<DeviceView> {
    return (await this.#life?.view()) ?? nothing;
  }

  async close(): Promise<void> {
    this.leave();
    await this.#ending;
    await this.proxy.close();
  }
}
