import { limits, StoaError } from '@stoa/protocol';
import type { ClientHost } from '../client-host.ts';
import type { Profile, Profiles } from '../profiles/index.ts';

/**
 * The users whom this user has among his contacts, on all of his devices: they see what he shows to contacts.
 *
 * @example
 * const { found } = await client.contacts.sync(['+15550100', '+15550101']);
 * await client.contacts.add('bob');
 */
export class Contacts {
  readonly #host: Pick<ClientHost, 'ask'>;
  readonly #profiles: Pick<Profiles, 'fetch'>;

  constructor(host: Pick<ClientHost, 'ask'>, profiles: Pick<Profiles, 'fetch'>) {
    this.#host = host;
    this.#profiles = profiles;
  }

  /** Their addresses. */
  list(): Promise<string[]> {
    return this.#host.ask('contactAddresses');
  }

  /** Without a connection, too; a `contact` event tells of it on all devices. */
  add(address: string): Promise<void> {
    return this.#host.ask('setContact', address, true);
  }

  /**
   * Gives a contact (who becomes one) access levels, whole numbers from 1 to 255, instead of those that he has: he sees what
   * the profile shows to one of them. Rejects with StoaError BAD_REQUEST.
   *
   * @example
   * await client.profiles.update({ fields: [{ key: 'phone', value: '+15550100', visibleTo: 7 }] });
   * await client.contacts.setLevels('bob', [7]);
   */
  async setLevels(address: string, levels: readonly number[]): Promise<void> {
    const areLevels = levels.every(
      (level) => Number.isInteger(level) && level >= 1 && level <= limits.accessLevel,
    );
    if (!areLevels || levels.length > limits.accessLevels) {
      throw new StoaError('BAD_REQUEST', 'Access levels are up to 32 whole numbers from 1 to 255.');
    }
    const ascending = [...new Set(levels)].sort((a, b) => a - b);
    return this.#host.ask('setContact', address, true, ascending);
  }

  /** The access levels that a contact has; empty for who is none. */
  levels(address: string): Promise<number[]> {
    return this.#host.ask('contactLevels', address);
  }

  remove(address: string): Promise<void> {
    return this.#host.ask('setContact', address, false);
  }

  /**
   * Finds out which of these addresses belong to users, and makes those contacts. Rejects with StoaError: UNAVAILABLE
   * without a connection, RATE_LIMITED for more than an address book holds.
   */
  async sync(addresses: readonly string[]): Promise<{ found: Profile[]; unknown: string[] }> {
    const { profiles, unknown } = await this.#profiles.fetch([...new Set(addresses)]);
    for (const { user } of profiles) await this.add(user);
    return { found: profiles, unknown };
  }
}
