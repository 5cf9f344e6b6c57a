/** Whose membership of a group has changed. */
export type MembersChanged = ReadonlySet<number> | 'anybody';

export interface GroupAudiencesOptions<Watched> {
  /** Finds out anew who may see a user, as far as these members make a difference. */
  readonly review: (watched: Watched, changed: MembersChanged) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * The watched users who are seen by members of a group. When members change, only these users are looked at again: a
 * change in a group that nobody has chosen costs nothing. Changes that come meanwhile are gone through together.
 */
export class GroupAudiences<Watched> {
  readonly #options: GroupAudiencesOptions<Watched>;
  readonly #byGroup = new Map<number, Set<Watched>>();
  readonly #groupsOf = new Map<Watched, readonly number[]>();
  readonly #waiting = new Map<number, MembersChanged>();
  /** For each decision that is being made, the groups whose members have changed meanwhile. */
  readonly #overtaking = new Set<Set<number>>();
  #isAtWork = false;

  constructor(options: GroupAudiencesOptions<Watched>) {
    this.#options = options;
  }

  /**
   * Decides by what is read. When members of a group that makes a difference change while it is read, it is read again:
   * between what was read and `decide`, and what that hands to set(), no change is lost.
   */
  async decide<Found extends { readonly groups?: readonly number[] }, Decided>(
    read: () => Promise<Found>,
    decide: (found: Found) => Decided,
  ): Promise<Decided> {
    const changed = new Set<number>();
    this.#overtaking.add(changed);
    try {
      for (;;) {
        changed.clear();
        const found = await read();
        if (!found.groups?.some((gid) => changed.has(gid))) return decide(found);
      }
    } finally {
      this.#overtaking.delete(changed);
    }
  }

  /** The user is seen by the members of these groups, and of no others. */
  set(watched: Watched, groups: readonly number[]): void {
    this.forget(watched);
    if (groups.length === 0) return;
    this.#groupsOf.set(watched, groups);
    for (const gid of groups) {
      const users = this.#byGroup.get(gid) ?? new Set();
      this.#byGroup.set(gid, users.add(watched));
    }
  }

  forget(watched: Watched): void {
    for (const gid of this.#groupsOf.get(watched) ?? []) {
      const users = this.#byGroup.get(gid);
      users?.delete(watched);
      if (users?.size === 0) this.#byGroup.delete(gid);
    }
    this.#groupsOf.delete(watched);
  }

  changed(gid: number, changed: MembersChanged): void {
    for (const overtaken of this.#overtaking) overtaken.add(gid);
    if (!this.#byGroup.has(gid)) return;
    this.#waiting.set(gid, together(this.#waiting.get(gid) ?? new Set(), changed));
    if (!this.#isAtWork) this.#goThrough().catch(this.#options.onError);
  }

  /** Members of any group may have changed without a word. */
  anyChanged(): void {
    for (const gid of this.#byGroup.keys()) this.changed(gid, 'anybody');
  }

  async #goThrough(): Promise<void> {
    const { review, onError } = this.#options;
    this.#isAtWork = true;
    for (const [gid, changed] of this.#waiting) {
      this.#waiting.delete(gid);
      for (const watched of [...(this.#byGroup.get(gid) ?? [])])
        await review(watched, changed).catch(onError);
    }
    this.#isAtWork = false;
  }
}

function together(some: MembersChanged, others: MembersChanged): MembersChanged {
  return some === 'anybody' || others === 'anybody' ? 'anybody' : some.union(others);
}
