/** What users of an app may do. */

/** A set of rules, by a number that the app has chosen. */
export interface AccessPolicy {
  readonly aid: number;
  readonly id: number;
  readonly name: string;
  /** JSON. */
  readonly rules: string;
}

export interface AccessStore {
  /** Makes the policy, or changes the one with this id. False when the app has `limit` others already. */
  put(policy: AccessPolicy, limit: number): Promise<boolean>;
  /** Removes it; whoever had it has none. False when there is none. */
  remove(aid: number, id: number): Promise<boolean>;
  /** Of all apps, ascending by id; few. */
  all(): Promise<AccessPolicy[]>;
  /** Gives the user a policy of his app, or takes the one that he has. False when there is no such policy. */
  assign(uid: number, aid: number, id: number | null): Promise<boolean>;
  /** The policy that the user was given. */
  assigned(uid: number): Promise<number | undefined>;
}
