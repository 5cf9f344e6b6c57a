import type { Bus } from '@stoa/bus';
import { limits, msgpackCodec, packValue, type StateFrame, StoaError } from '@stoa/protocol';
import type { UserValueStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { publishToUser } from '../events.ts';
import { checkBlock } from './block-value.ts';
import { checkContact } from './contact-value.ts';
import { checkMute } from './mute-value.ts';

export interface ValuesOptions {
  readonly store: UserValueStore;
  readonly bus: Bus;
  readonly clock: Clock;
  /** The user has changed whom he blocks; resolves when that holds on this node. */
  readonly onBlocksChanged: (uid: number) => void;
  /** The user has changed who his contacts are. */
  readonly onContactsChanged: (uid: number) => void;
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
   * @returns the position that the change has got
   * @throws StoaError TOO_LARGE, TOO_MANY, or BAD_FRAME for a value that the server cannot understand.
   */
  async set(
    { uid, dev }: { readonly uid: number; readonly dev: number },
    values: readonly { readonly key: string; readonly value?: unknown }[],
  ): Promise<number> {
    const { store, bus, clock, onBlocksChanged, onContactsChanged } = this.#options;
    const last = [...new Map(values.map(({ key, value }) => [key, { key, value }])).values()];
    const changed = last.map(({ key, value }) => ({ key, value: toStored(key, value) }));
    const position = await store.set({ uid, values: changed, limit: limits.statePerUser, now: clock.now() });
    if (position === undefined) {
      throw new StoaError('TOO_MANY', `A user can have ${limits.statePerUser} values at the most.`);
    }
    if (changed.some(({ key }) => key.startsWith(blockPrefix))) onBlocksChanged(uid);
    if (changed.some(({ key }) => contactPrefixes.some((prefix) => key.startsWith(prefix))))
      onContactsChanged(uid);
    // A value each: together they might be more than the bus carries in one event.
    for (const { key, value } of last) {
      const frame: StateFrame = { t: 'state', key, ...(value === undefined ? {} : { value }), position };
      const bytes = msgpackCodec.encode(frame) as Uint8Array;
      publishToUser(bus, uid, { type: 'values', position, bytes, exceptDev: dev });
    }
    return position;
  }
}

function toStored(key: string, value: unknown): Uint8Array | null {
  if (key.startsWith(blockPrefix)) checkBlock(key.slice(blockPrefix.length), value);
  if (key.startsWith(contactPrefix)) checkContact(key.slice(contactPrefix.length), value);
  if (key.startsWith(mutePrefix)) checkMute(key.slice(mutePrefix.length), value);
  const bytes = value === undefined ? null : packValue(value);
  if (bytes !== null && bytes.length > limits.stateBytes) {
    throw new StoaError('TOO_LARGE', `The value of "${key}" has more than ${limits.stateBytes} bytes.`);
  }
  return bytes;
}

const blockPrefix = 'blocked:';
const contactPrefix = 'contact:';
const contactPrefixes = [contactPrefix, 'favourite:peer/'];
const mutePrefix = 'muted:';
