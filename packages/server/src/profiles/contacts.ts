import { limits, unpackValue } from '@stoa/protocol';
import type { UserValueStore } from '@stoa/storage';

/** By address, which access levels a contact was given. */
export type Levels = ReadonlyMap<string, readonly number[]>;

/** Whom users have among their contacts: their shared values `contact:<address>`. */
export class Contacts {
  readonly #values: Pick<UserValueStore, 'get' | 'list'>;

  constructor(values: Pick<UserValueStore, 'get' | 'list'>) {
    this.#values = values;
  }

  /** Which of these addresses the user has among his contacts. */
  async among(uid: number, addresses: readonly string[]): Promise<Levels> {
    if (addresses.length > fewAddresses) {
      const all = await this.#values.list({ uid, prefix, limit: readAtOnce + 1 });
      if (all.length <= readAtOnce) {
        return new Map(all.map(({ key, value }) => [key.slice(prefix.length), levelsIn(value)]));
      }
    }
    const found = new Map<string, readonly number[]>();
    for (const address of addresses) {
      const stored = await this.#values.get(uid, `${prefix}${address}`);
      if (stored !== undefined) found.set(address, levelsIn(stored));
    }
    return found;
  }
}

/** Clients write them: what does not look as it should counts as nothing. */
function levelsIn(value: Uint8Array | null): number[] {
  if (value === null) return [];
  const { levels } = Object(unpackValue(value)) as { readonly levels?: unknown };
  return Array.isArray(levels) ? levels.slice(0, limits.accessLevels).filter(isLevel) : [];
}

const isLevel = (level: unknown): level is number =>
  Number.isInteger(level) && Number(level) >= 1 && Number(level) <= limits.accessLevel;

const prefix = 'contact:';
/** Up to here each is asked for by itself. */
const fewAddresses = 5;
const readAtOnce = 2_000;
