import type { Bus } from '@stoa/bus';
import { limits, msgpackCodec, packValue, type StateFrame, StoaError } from '@stoa/protocol';
import type { UserValueStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { publishToUser } from '../events.ts';
import { checkBlock } from './block-value.ts';

export interface ValuesOptions {
  readonly store: UserValueStore;
  readonly bus: Bus;
  readonly clock: Clock;
  /** The user has changed whom he blocks; resolves when that holds on this node. */
  readonly onBlocksChanged: (uid: number) => void;
}

/** Small named values that the devices of a user share. */
export class Values {
  readonly #options: ValuesOptions;

  constructor(options: ValuesOptions) {
    this.#options = options;
  }

  /**
   * Sets values, or removes those that are absent, and tells the user's other devices. Of a key that is named twice,
   * the last value counts.
   *
   * @throws StoaError TOO_LARGE, TOO_MANY, or BAD_FRAME for a value that the server cannot understand.
   */
  async set(
    { uid, dev }: { readonly uid: number; readonly dev: number },
    values: readonly { readonly key: string; readonly value?: unknown }[],
  ): Promise<void> {
    const { store, bus, clock, onBlocksChanged } = this.#options;
    const changed = [...new Map(values.map(({ key, value }) => [key, encoded(key, value)])).values()];
    const position = await store.set({ uid, values: changed, limit: limits.statePerUser, now: clock.now() });
    if (position === undefined) {
      throw new StoaError('TOO_MANY', `A user can have ${limits.statePerUser} values at the most.`);
    }
    if (changed.some(({ key }) => key.startsWith(blockPrefix))) onBlocksChanged(uid);
    // A value each: together they might be more than the bus carries in one event.
    for (const { frame } of changed) {
      publishToUser(bus, uid, { type: 'values', position, bytes: frame, exceptDev: dev });
    }
  }
}

function encoded(key: string, value: unknown): { key: string; value: Uint8Array | null; frame: Uint8Array } {
  const frame: StateFrame = { t: 'state', key, ...(value === undefined ? {} : { value }) };
  if (key.startsWith(blockPrefix)) checkBlock(key.slice(blockPrefix.length), value);
  const bytes = value === undefined ? null : packValue(value);
  if (bytes !== null && bytes.length > limits.stateBytes) {
    throw new StoaError('TOO_LARGE', `The value of "${key}" has more than ${limits.stateBytes} bytes.`);
  }
  return { key, value: bytes, frame: msgpackCodec.encode(frame) as Uint8Array };
}

const blockPrefix = 'blocked:';
