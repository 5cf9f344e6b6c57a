import type { OperationResponse, ProfileInfo, ProfileSettings } from '@stoa/protocol';
import type { ClientHost } from '../client-host.ts';

export type Profile = ProfileInfo;
export type ProfileChange = ProfileSettings;

/**
 * What users say of themselves: name, status, picture, values of the application. What others may see of it is for their
 * owner to say, and enforced by the server.
 *
 * @example
 * await client.profiles.update({ status: 'On the train', visibility: { status: 'contacts' } });
 * client.on('profile', (profile) => show(profile));
 * const [bob] = await client.profiles.get(['bob']);
 */
export class Profiles {
  readonly #host: Pick<ClientHost, 'ask'>;

  constructor(host: Pick<ClientHost, 'ask'>) {
    this.#host = host;
  }

  /**
   * What this device knows of these users, at once and without a connection too; of some perhaps nothing. The server is
   * asked in the background, and again on each connection: `profile` events bring what is new. Changes made by users who
   * are watched (`client.watch`) come as they happen.
   */
  get(users: readonly string[]): Promise<Profile[]> {
    return this.#host.ask('profiles', users);
  }

  /**
   * Asks the server for these users; `unknown`: addresses of nobody. Rejects with StoaError: UNAVAILABLE without a
   * connection, RATE_LIMITED when there were too many addresses of nobody.
   */
  fetch(users: readonly string[]): Promise<{ profiles: Profile[]; unknown: string[] }> {
    return this.#host.ask('fetchProfiles', users);
  }

  /**
   * Users who let themselves be found, whose name begins with the text (of at least two characters), and the one whose
   * address it is. Rejects with StoaError: UNAVAILABLE without a connection, RATE_LIMITED.
   */
  async search(query: string, limit = 20): Promise<Profile[]> {
    const { profiles } = (await this.#host.ask('request', 'profiles.search', {
      query,
      limit,
    })) as OperationResponse<'profiles.search'>;
    return profiles;
  }

  /** The own profile, with everything in it. Without a connection as this device knows it, if it does. */
  own(): Promise<Profile | undefined> {
    return this.#host.ask('ownProfile');
  }

  /**
   * Changes what is named of the own profile; resolves to what it is then. Rejects with StoaError: UNAVAILABLE,
   * TOO_LARGE, TOO_MANY, RATE_LIMITED, NOT_FOUND when there is no such picture, PERMISSION_DENIED when `online` or `seen`
   * is to be for a group to which the user does not belong, or the app does not let him.
   */
  update(change: ProfileChange): Promise<Profile> {
    return this.#host.ask('updateProfile', change);
  }
}
