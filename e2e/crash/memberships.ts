/** A call that makes a user a member of a group or ends it, from its beginning to the answer. */
export interface MembershipCall {
  readonly gid: number;
  readonly user: string;
  readonly joins: boolean;
  readonly began: number;
  /** Undefined while it is under way. */
  ended?: number;
}

/**
 * Who was a member of a group when, as far as the calls tell that changed it. A time is a number of observations. Of one user
 * and group, one call is under way at a time.
 */
export class Memberships {
  readonly #calls: MembershipCall[] = [];

  begin(call: Omit<MembershipCall, 'ended'>): MembershipCall {
    const begun: MembershipCall = { ...call };
    this.#calls.push(begun);
    return begun;
  }

  /** Whether the user surely was made a member after the observation `at`. */
  joinedAfter(gid: number, user: string, at: number): boolean {
    return this.#calls.some(
      (call) =>
        call.gid === gid && call.user === user && call.joins && call.began > at && call.ended !== undefined,
    );
  }

  /** What the user was all the time after the observation `from` and before the observation `to`, if that is certain. */
  during(gid: number, user: string, from: number, to: number): 'member' | 'outsider' | 'unclear' {
    let isMember = false;
    for (const call of this.#calls) {
      if (call.gid !== gid || call.user !== user || call.began >= to) continue;
      if (call.ended !== undefined && call.ended < from) isMember = call.joins;
      else if (call.joins !== isMember) return 'unclear';
    }
    return isMember ? 'member' : 'outsider';
  }
}
