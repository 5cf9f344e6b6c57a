import { StoaError } from '@stoa/protocol';
import type { App, AppStore, UserStore } from '@stoa/storage';
import { generateToken, hashToken } from '../secret-token.ts';
import { checkAppSettings } from './app-settings.ts';

export interface AppsOptions {
  readonly store: { readonly apps: AppStore; readonly users: UserStore };
  readonly now: () => number;
  /** Called for each user of an app that was removed, after it is committed: his sessions must end. */
  readonly publish: (event: { readonly type: 'user-removed'; readonly uid: number }) => void;
}

/** An app together with its token, which is shown this once. */
export interface AppWithToken {
  readonly app: App;
  readonly token: string;
}

const page = 500;

/** Applications: each has its own users, and a secret token with which its back end acts. */
export class Apps {
  readonly #apps: AppStore;
  readonly #users: UserStore;
  readonly #now: () => number;
  readonly #publish: AppsOptions['publish'];

  constructor({ store, now, publish }: AppsOptions) {
    this.#apps = store.apps;
    this.#users = store.users;
    this.#now = now;
    this.#publish = publish;
  }

  async create(name: string, token = generateToken()): Promise<AppWithToken> {
    const app = await this.#apps.create({ name, tokenHash: hashToken(token), now: this.#now() });
    return { app, token };
  }

  /**
   * The app whose token this is.
   *
   * @throws StoaError BAD_CREDENTIALS
   */
  async authenticate(token: string): Promise<App> {
    const app = token === '' ? undefined : await this.#apps.findByToken(hashToken(token));
    if (app === undefined) throw new StoaError('BAD_CREDENTIALS', 'The app token is missing or unknown.');
    return app;
  }

  /** Ascending by aid. */
  async list(): Promise<App[]> {
    return (await this.#apps.list()).sort((a, b) => a.aid - b.aid);
  }

  /** @throws StoaError NOT_FOUND */
  async get(aid: number): Promise<App> {
    return this.#existing(await this.#apps.find(aid), aid);
  }

  /** @throws StoaError NOT_FOUND, BAD_REQUEST */
  async update(aid: number, change: { name?: string; settings?: Record<string, unknown> }): Promise<App> {
    if (change.settings !== undefined) checkAppSettings(change.settings);
    return this.#existing(await this.#apps.update(aid, change), aid);
  }

  /**
   * Gives the app a new token; the old one is void at once.
   *
   * @throws StoaError NOT_FOUND
   */
  async renewToken(aid: number): Promise<AppWithToken> {
    const token = generateToken();
    const app = this.#existing(await this.#apps.update(aid, { tokenHash: hashToken(token) }), aid);
    return { app, token };
  }

  /**
   * Removes the app with everything that belongs to it, and ends the sessions of its users.
   *
   * @throws StoaError NOT_FOUND
   */
  async remove(aid: number): Promise<void> {
    const uids = await this.#uidsOf(aid);
    if (!(await this.#apps.remove(aid))) this.#existing(undefined, aid);
    for (const uid of uids) this.#publish({ type: 'user-removed', uid });
  }

  async #uidsOf(aid: number): Promise<number[]> {
    const uids: number[] = [];
    let after: string | undefined;
    do {
      const users = await this.#users.list({ aid, limit: page, ...(after === undefined ? {} : { after }) });
      for (const { uid } of users) uids.push(uid);
      after = users.length === page ? users.at(-1)?.address : undefined;
    } while (after !== undefined);
    return uids;
  }

  #existing(app: App | undefined, aid: number): App {
    if (app === undefined) throw new StoaError('NOT_FOUND', `There is no app ${aid}.`);
    return app;
  }
}
