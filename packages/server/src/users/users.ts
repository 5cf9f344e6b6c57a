import { StoaError } from '@stoa/protocol';
import type { TokenStore, User, UserStore, UserToken } from '@stoa/storage';
import type { PublishUserChange } from './user-change.ts';
import { UserTokens } from './user-tokens.ts';

export interface UsersOptions {
  readonly store: { readonly users: UserStore; readonly tokens: TokenStore };
  readonly now: () => number;
  readonly publish: PublishUserChange;
  /** Tokens that a user may have; 0 for any number. */
  readonly tokensPerUser: number;
  /** Ends the user's memberships before he is removed. */
  readonly leaveGroups?: (user: { aid: number; uid: number }) => Promise<void>;
}

export interface NewUser {
  readonly address: string;
  readonly name?: string;
  readonly active?: boolean;
  readonly flag?: number;
  /** Groups of his own that he may have; 0 for any number. */
  readonly maxGroups?: number;
}

export type UserUpdate = Omit<NewUser, 'address'>;

export interface UserPage {
  readonly users: readonly User[];
  /** Address after which the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/** The users of all apps. Whoever calls has proved that he acts for the app `aid`. */
export class Users {
  readonly tokens: UserTokens;
  readonly #users: UserStore;
  readonly #now: () => number;
  readonly #publish: PublishUserChange;
  readonly #leaveGroups: (user: { aid: number; uid: number }) => Promise<void>;

  constructor({ store, now, publish, tokensPerUser, leaveGroups = async () => {} }: UsersOptions) {
    this.#leaveGroups = leaveGroups;
    this.tokens = new UserTokens({ store, now, publish, tokensPerUser });
    this.#users = store.users;
    this.#now = now;
    this.#publish = publish;
  }

  /** Makes the user, or changes the one who has this address: what is not given stays as it is. */
  async add(aid: number, { address, ...rest }: NewUser): Promise<{ user: User; created: boolean }> {
    const result = await this.#users.upsert({ aid, address, ...rest, now: this.#now() });
    if (!result.created) this.#announce(result.user.uid, rest);
    return result;
  }

  /** @throws StoaError NOT_FOUND */
  async byAddress(aid: number, address: string): Promise<User> {
    const user = await this.#users.findByAddress(aid, address);
    if (user === undefined) throw new StoaError('NOT_FOUND', `There is no user "${address}".`);
    return user;
  }

  /** @throws StoaError NOT_FOUND, also for a user of another app */
  async byUid(aid: number, uid: number): Promise<User> {
    const user = await this.#users.find(uid);
    if (user === undefined || user.removed || user.aid !== aid) {
      throw new StoaError('NOT_FOUND', `There is no user with the uid ${uid}.`);
    }
    return user;
  }

  /** @throws StoaError NOT_FOUND when he was removed meanwhile */
  async update({ uid, address }: User, change: UserUpdate): Promise<User> {
    const user = await this.#users.update(uid, change);
    if (user === undefined || user.removed)
      throw new StoaError('NOT_FOUND', `There is no user "${address}".`);
    this.#announce(uid, change);
    return user;
  }

  /**
   * Removes the user with his tokens and devices; messages to others stay.
   *
   * @throws StoaError NOT_FOUND when he was removed meanwhile
   */
  async remove({ aid, uid, address }: User): Promise<void> {
    await this.#leaveGroups({ aid, uid });
    if (!(await this.#users.remove(uid))) throw new StoaError('NOT_FOUND', `There is no user "${address}".`);
    this.#publish({ type: 'user-removed', uid });
  }

  /** Ascending by address. `pattern` may contain `*`. */
  async list(
    aid: number,
    { limit, ...query }: { pattern?: string; after?: string; limit: number },
  ): Promise<UserPage> {
    const users = await this.#users.list({ aid, ...query, limit: limit + 1 });
    const page = users.slice(0, limit);
    return { users: page, next: users.length > limit ? page.at(-1)?.address : undefined };
  }

  /**
   * Whose token it is; see UserTokens.authenticate.
   *
   * @throws StoaError BAD_TOKEN, TOKEN_EXPIRED, WRONG_APP or SUSPENDED
   */
  authenticate(token: string, appName?: string): Promise<{ user: User; token: UserToken }> {
    return this.tokens.authenticate(token, appName);
  }

  #announce(uid: number, change: UserUpdate): void {
    if (change.active === false) this.#publish({ type: 'user-suspended', uid });
    if (Object.keys(change).length > 0) this.#publish({ type: 'user-changed', uid });
  }
}
