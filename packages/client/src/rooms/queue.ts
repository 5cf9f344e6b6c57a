import { limits } from '@stoa/protocol';
import { Emitter } from '../emitter.ts';
import type { Events } from '../events.ts';
import type { GroupRequest, Groups } from '../groups/index.ts';

export interface QueueOptions {
  readonly gid: number;
  readonly events: Pick<Events, 'on'>;
  readonly groups: Pick<Groups, 'requests' | 'answerRequests'>;
  readonly onListenerError: (event: string, error: unknown) => void;
}

/** Who waits in front of a room, for those who may `admit`; live until it is closed. */
export class Queue {
  readonly gid: number;
  readonly #options: QueueOptions;
  readonly #emitter: Emitter<{ changed: [entries: readonly GroupRequest[]] }>;
  readonly #off: readonly (() => void)[];
  #entries: readonly GroupRequest[] = [];
  #asked = 0;

  constructor(options: QueueOptions) {
    const { gid, events } = options;
    this.gid = gid;
    this.#options = options;
    this.#emitter = new Emitter(options.onListenerError);
    this.#off = [
      events.on('group', (change) => {
        if (change.gid === gid && (change.event === 'requests' || this.#isTold(change))) this.#refresh();
      }),
      events.on('status', ({ state }) => {
        if (state === 'online') this.#refresh();
      }),
    ];
    this.#refresh();
  }

  /** Whoever waits longest comes first. */
  get entries(): readonly GroupRequest[] {
    return this.#entries;
  }

  /** Calls `listener` whenever somebody comes or goes, until the returned function is called. */
  on(event: 'changed', listener: (entries: readonly GroupRequest[]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** @throws StoaError PERMISSION_DENIED, TOO_MANY */
  async admit(users: readonly string[]): Promise<void> {
    await this.#answer(users, true);
  }

  async deny(users: readonly string[]): Promise<void> {
    await this.#answer(users, false);
  }

  /** Lets in all who wait now. */
  async admitAll(): Promise<void> {
    const waiting = await this.#options.groups.requests(this.gid);
    await this.#answer(
      waiting.map(({ user }) => user),
      true,
    );
  }

  close(): void {
    this.#asked = -1;
    for (const off of this.#off) off();
  }

  async #answer(users: readonly string[], accept: boolean): Promise<void> {
    const atOnce = limits.groupUsersPerRequest;
    for (let first = 0; first < users.length; first += atOnce) {
      await this.#options.groups.answerRequests(this.gid, users.slice(first, first + atOnce), accept);
    }
    this.#refresh();
  }

  /** Whether somebody who waits has become a member another way, or is none any more. */
  #isTold(change: {
    readonly members?: readonly { readonly user: string }[];
    readonly removed?: readonly string[];
  }) {
    const users = [...(change.members ?? []).map(({ user }) => user), ...(change.removed ?? [])];
    return users.some((user) => this.#entries.some((entry) => entry.user === user));
  }

  /** What is asked last is what counts. */
  #refresh(): void {
    if (this.#asked < 0) return;
    this.#asked += 1;
    const asked = this.#asked;
    this.#options.groups.requests(this.gid).then(
      (entries) => {
        if (asked !== this.#asked) return;
        this.#entries = entries;
        this.#emitter.emit('changed', entries);
      },
      // Without a connection, or the right: the next event asks again.
      () => {},
    );
  }
}
