import { limits, type ProfileFrame, type ProfileInfo, type ProfileSettings } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import { conversationId } from '../conversations/index.ts';
import type { Events } from '../events.ts';
import type { Requests } from '../requests/index.ts';
import type { LocalData, ProfileRecord, Transaction } from '../store/index.ts';
import { Timer } from '../timer.ts';
import type { Self } from '../types.ts';

export interface ProfileCacheOptions {
  readonly data: LocalData;
  readonly requests: Requests;
  readonly link: { readonly online: boolean };
  readonly events: Events;
  readonly clock: Clock;
  /** Where the server is; paths in profiles are resolved against it. */
  readonly serverUrl: string;
  readonly self: () => Self | undefined;
  /** The user has another name. */
  readonly onRenamed: (self: Self) => unknown;
  readonly onProblem: (error: unknown) => void;
}

/**
 * Profiles as this device knows them: what was asked for once is kept in the store, shown at once, and asked for again
 * on every connection, in the background.
 */
export class ProfileCache {
  readonly #options: ProfileCacheOptions;
  readonly #timer: Timer;
  /** Whose profiles the application shows, as far as it said; the latest are last. */
  readonly #wanted = new Set<string>();
  /** Of those, whom the server was asked for on this connection. */
  readonly #asked = new Set<string>();

  constructor(options: ProfileCacheOptions) {
    this.#options = options;
    this.#timer = new Timer(options.clock, () => this.#refresh());
  }

  /** What is known of these users; `profile` events tell what the server says when it is something else. */
  async known(users: readonly string[]): Promise<ProfileInfo[]> {
    for (const user of users) {
      this.#wanted.delete(user);
      this.#wanted.add(user);
    }
    for (const user of this.#wanted) {
      if (this.#wanted.size <= wantedAtMost) break;
      this.#wanted.delete(user);
    }
    this.#refreshSoon();
    return (await this.#stored(users)).map(({ profile }) => profile);
  }

  /** Asks the server; rejects with StoaError. */
  async fetch(users: readonly string[]): Promise<{ profiles: ProfileInfo[]; unknown: string[] }> {
    const answers = await Promise.all(
      inRequests(users).map((part) => this.#ask(part.map((user) => ({ user })))),
    );
    return {
      profiles: answers.flatMap(({ profiles }) => profiles.map((profile) => this.#resolved(profile))),
      unknown: answers.flatMap(({ unknown }) => unknown),
    };
  }

  /** The own profile; without a connection as this device knows it, undefined when it does not. */
  async own(): Promise<ProfileInfo | undefined> {
    const { requests, link, self } = this.#options;
    const address = self()?.address;
    if (!link.online && address !== undefined) return (await this.#stored([address]))[0]?.profile;
    return this.#resolved((await requests.ask('profile.get', {}, { onAnswer: this.#takeOne })).profile);
  }

  async update(change: ProfileSettings): Promise<ProfileInfo> {
    const { profile } = await this.#options.requests.ask('profile.set', change, { onAnswer: this.#takeOne });
    return this.#resolved(profile);
  }

  async received(transaction: Transaction, { profile }: ProfileFrame): Promise<void> {
    await this.#take(transaction, profile);
  }

  connected(): void {
    this.#asked.clear();
    this.#refreshSoon();
  }

  disconnected(): void {
    this.#timer.clear();
  }

  /** Lists ask for each of their rows: what comes together is asked together. */
  #refreshSoon(): void {
    const { link, clock } = this.#options;
    if (link.online && !this.#timer.isSet) this.#timer.setTo(clock.now() + gatherMs);
  }

  #refresh(): void {
    if (!this.#options.link.online) return;
    const users = [...this.#wanted].filter((user) => !this.#asked.has(user));
    for (const user of users) this.#asked.add(user);
    for (const part of inRequests(users)) this.#renew(part).catch(this.#options.onProblem);
  }

  async #renew(users: readonly string[]): Promise<void> {
    const { clock } = this.#options;
    const tags = new Map<string, string>();
    for (const { profile, at } of await this.#stored(users)) {
      // The link to a picture holds for a time: after a while it is asked for although nothing has changed.
      const isLasting = profile.picture?.id === undefined || clock.now() - at < linkMs;
      if (isLasting) tags.set(profile.user, profile.tag);
    }
    try {
      await this.#ask(
        users.map((user) => {
          const tag = tags.get(user);
          return { user, ...(tag !== undefined && { tag }) };
        }),
      );
    } catch (error) {
      // They are asked for again on the next connection.
      if (this.#options.link.online) throw error;
    }
  }

  #ask(users: { user: string; tag?: string }[]) {
    return this.#options.requests.ask(
      'profiles.get',
      { users },
      {
        onAnswer: async (transaction, { profiles }) => {
          for (const profile of profiles as ProfileInfo[]) await this.#take(transaction, profile);
        },
      },
    );
  }

  readonly #takeOne = (transaction: Transaction, { profile }: Record<string, unknown>): Promise<void> =>
    this.#take(transaction, profile as ProfileInfo);

  async #take(transaction: Transaction, told: ProfileInfo): Promise<void> {
    const { clock, events } = this.#options;
    const profile = this.#resolved(told);
    transaction.putProfile({ user: profile.user, profile, at: clock.now() });
    const id = conversationId({ peer: profile.user });
    const record = transaction.conversation(id);
    if (record !== undefined && record.name !== profile.name) {
      transaction.putConversation({ ...record, name: profile.name });
    }
    this.#rename(transaction, profile);
    transaction.afterwards(() => events.emit('profile', profile));
  }

  #rename(transaction: Transaction, { user, name }: ProfileInfo): void {
    const self = this.#options.self();
    if (self === undefined || self.address !== user || self.name === name) return;
    const renamed = { ...self, name };
    transaction.putDevice({ ...transaction.device, self: renamed });
    transaction.afterwards(() => this.#options.onRenamed(renamed));
  }

  #stored(users: readonly string[]): Promise<ProfileRecord[]> {
    return this.#options.data.read((store) => store.profiles(users));
  }

  #resolved(profile: ProfileInfo): ProfileInfo {
    const { picture } = profile;
    if (picture === undefined || !picture.url.startsWith('/')) return profile;
    return { ...profile, picture: { ...picture, url: `${this.#options.serverUrl}${picture.url}` } };
  }
}

function inRequests(users: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let start = 0; start < users.length; start += limits.profilesPerRequest) {
    parts.push(users.slice(start, start + limits.profilesPerRequest));
  }
  return parts;
}

const wantedAtMost = 1_000;
const gatherMs = 20;
/** Links hold for a week, unless the server's operator wants it otherwise. */
const linkMs = 12 * 3_600_000;
