import { limits, StoaError } from '@stoa/protocol';
import type { TokenStore, User, UserStore, UserToken } from '@stoa/storage';
import { generateToken, hashToken } from '../secret-token.ts';
import type { PublishUserChange } from './user-change.ts';

/** Minutes for which a token is valid when nothing else is asked for: one year. */
const defaultTokenMinutes = 365 * 24 * 60;

/** A token and what is stored of it; the token itself is shown this once. */
export interface IssuedToken {
  readonly token: string;
  readonly record: UserToken;
}

export interface UserTokensOptions {
  readonly store: { readonly tokens: TokenStore; readonly users: UserStore };
  readonly now: () => number;
  readonly publish: PublishUserChange;
  /** Tokens that a user may have; 0 for any number. */
  readonly tokensPerUser: number;
}

/** The secrets with which users sign in: random, stored as hashes, expiring, revocable. */
export class UserTokens {
  readonly #tokens: TokenStore;
  readonly #users: UserStore;
  readonly #now: () => number;
  readonly #publish: PublishUserChange;
  readonly #perUser: number;

  constructor({ store, now, publish, tokensPerUser }: UserTokensOptions) {
    this.#tokens = store.tokens;
    this.#users = store.users;
    this.#now = now;
    this.#publish = publish;
    this.#perUser = tokensPerUser;
  }

  /**
   * Makes another token. When the user has too many, his oldest ones are revoked.
   *
   * @param appName App name that the client must declare; null when any will do.
   * @param minutes How long it is valid; 0 for ever.
   */
  async issue(user: User, appName: string | null, minutes = defaultTokenMinutes): Promise<IssuedToken> {
    const now = this.#now();
    const token = generateToken();
    const record = await this.#tokens.add({
      uid: user.uid,
      aid: user.aid,
      hash: hashToken(token),
      appName,
      expiresAt: minutes === 0 ? null : now + minutes * 60_000,
      now,
    });
    if (this.#perUser > 0) await this.#revokeOldest(user.uid);
    return { token, record };
  }

  /**
   * Whose token it is, when he may sign in with it now.
   *
   * @param appName What the client declared with setAppName.
   * @throws StoaError BAD_TOKEN, TOKEN_EXPIRED, WRONG_APP or SUSPENDED
   */
  async authenticate(token: string, appName?: string): Promise<{ user: User; token: UserToken }> {
    const record = await this.#find(token);
    if (record === undefined) throw new StoaError('BAD_TOKEN');
    if (record.expiresAt !== null && record.expiresAt <= this.#now()) {
      throw new StoaError(
        'TOKEN_EXPIRED',
        `The user token expired at ${new Date(record.expiresAt).toISOString()}.`,
      );
    }
    if (record.appName !== null && record.appName !== appName) {
      const declared = appName === undefined ? 'none' : `"${appName}"`;
      throw new StoaError(
        'WRONG_APP',
        `The user token was issued for the app name "${record.appName}", but the client declared ${declared}.`,
      );
    }
    const user = await this.#users.find(record.uid);
    if (user === undefined || user.removed) throw new StoaError('BAD_TOKEN');
    if (!user.active) throw new StoaError('SUSPENDED', `The user "${user.address}" is not active.`);
    return { user, token: record };
  }

  /** Those that are still valid, oldest first. */
  async list(user: User): Promise<UserToken[]> {
    const now = this.#now();
    const records = await this.#tokens.list(user.uid);
    return records.filter(({ expiresAt }) => expiresAt === null || expiresAt > now).sort(byAge);
  }

  /** @throws StoaError NOT_FOUND */
  async revoke(user: User, id: number): Promise<void> {
    if (!(await this.#tokens.removeById(user.uid, id))) {
      throw new StoaError('NOT_FOUND', `The user "${user.address}" has no token ${id}.`);
    }
    this.#publish({ type: 'token-revoked', uid: user.uid, tokenId: id });
  }

  /** Number of tokens revoked. */
  async revokeAll(user: User): Promise<number> {
    const count = await this.#tokens.removeAll(user.uid);
    if (count > 0) this.#publish({ type: 'token-revoked', uid: user.uid });
    return count;
  }

  /**
   * Revokes the token itself, as whoever holds it may; with `aid`, only one of that app.
   *
   * @throws StoaError BAD_TOKEN
   */
  async revokeToken(token: string, aid?: number): Promise<void> {
    const record = await this.#find(token);
    if (record === undefined || (aid !== undefined && record.aid !== aid)) throw new StoaError('BAD_TOKEN');
    if (!(await this.#tokens.removeById(record.uid, record.id))) throw new StoaError('BAD_TOKEN');
    this.#publish({ type: 'token-revoked', uid: record.uid, tokenId: record.id });
  }

  async #find(token: string): Promise<UserToken | undefined> {
    if (token.length < limits.tokenMin || token.length > limits.tokenMax) return undefined;
    return this.#tokens.find(hashToken(token));
  }

  async #revokeOldest(uid: number): Promise<void> {
    const records = (await this.#tokens.list(uid)).sort(byAge);
    for (const { id } of records.slice(0, Math.max(0, records.length - this.#perUser))) {
      if (await this.#tokens.removeById(uid, id)) this.#publish({ type: 'token-revoked', uid, tokenId: id });
    }
  }
}

function byAge(a: UserToken, b: UserToken): number {
  return a.createdAt - b.createdAt || a.id - b.id;
}
