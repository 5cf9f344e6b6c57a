import type { Client, Profile } from '@stoa/client';
import { Live, type ReadonlyLive } from '../hooks/live.ts';

/** A user as he shows himself, with the address of the small picture that this device keeps. */
export interface ShownProfile extends Profile {
  readonly thumbnailUrl?: string;
}

/** Profiles of everybody who is shown, from what this device keeps, and pictures of groups. */
export class ProfileBoard {
  readonly #client: Client;
  readonly #users = new Map<string, Live<ShownProfile | undefined>>();
  readonly #groups = new Map<number, Live<string | undefined>>();
  readonly #names = new Live((address: string) => this.#nameOf(address));
  readonly #offs: readonly (() => void)[];

  constructor(client: Client) {
    this.#client = client;
    this.#offs = [
      client.on('profile', (profile) => {
        const live = this.#users.get(profile.user);
        if (live !== undefined) this.#show(live, profile);
      }),
      client.on('group', ({ gid, group }) => {
        const live = this.#groups.get(gid);
        if (live !== undefined && group !== undefined) void this.#showGroup(live, group.image);
      }),
      client.on('status', ({ state }) => {
        if (state === 'online') for (const [gid, live] of this.#groups) this.#askGroup(gid, live);
      }),
    ];
  }

  /** How users are called: another function whenever somebody is called otherwise. Until the name is known, the address. */
  get names(): ReadonlyLive<(address: string) => string> {
    return this.#names;
  }

  of(address: string): ReadonlyLive<ShownProfile | undefined> {
    let live = this.#users.get(address);
    if (live === undefined) {
      const made = new Live<ShownProfile | undefined>(undefined);
      live = made;
      this.#users.set(address, made);
      this.#client.profiles.get([address]).then(
        ([known]) => {
          if (known !== undefined && made.get() === undefined) this.#show(made, known);
        },
        () => {},
      );
    }
    return live;
  }

  pictureOfGroup(gid: number): ReadonlyLive<string | undefined> {
    let live = this.#groups.get(gid);
    if (live === undefined) {
      live = new Live<string | undefined>(undefined);
      this.#groups.set(gid, live);
      this.#askGroup(gid, live);
    }
    return live;
  }

  close(): void {
    for (const off of this.#offs) off();
    for (const live of this.#users.values()) revoke(live.get());
  }

  #show(live: Live<ShownProfile | undefined>, profile: Profile): void {
    const before = live.get();
    const { thumbnail } = profile.picture ?? {};
    // Copied: an array of the connection's could be part of a larger buffer.
    const blob = thumbnail === undefined ? undefined : new Blob([new Uint8Array(thumbnail)]);
    live.set({ ...profile, ...(blob !== undefined && { thumbnailUrl: URL.createObjectURL(blob) }) });
    revoke(before);
    if (profile.name !== before?.name) this.#names.set((address) => this.#nameOf(address));
  }

  #nameOf(address: string): string {
    return this.of(address).get()?.name || address;
  }

  /** Without a connection a group has its initials. */
  #askGroup(gid: number, live: Live<string | undefined>): void {
    this.#client.groups.get(gid).then(
      ({ image }) => this.#showGroup(live, image),
      () => {},
    );
  }

  async #showGroup(live: Live<string | undefined>, image: string | undefined): Promise<void> {
    if (image === undefined) {
      live.set(undefined);
      return;
    }
    const id = /\/files\/([0-9a-f]{32})\//.exec(image)?.[1];
    live.set(await this.#client.files.link({ url: image, ...(id !== undefined && { id }) }));
  }
}

function revoke(profile: ShownProfile | undefined): void {
  if (profile?.thumbnailUrl !== undefined) URL.revokeObjectURL(profile.thumbnailUrl);
}
