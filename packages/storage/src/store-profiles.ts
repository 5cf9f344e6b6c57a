/** What users say of themselves beside their names. */

export interface ProfileRecord {
  readonly uid: number;
  /** Raised by each change; 0 is that of a user who has said nothing yet. */
  readonly version: number;
  /** Everything in it, which the store does not interpret. */
  readonly document: Uint8Array;
  /** Id of the uploaded file that is the picture. */
  readonly picture: string | null;
}

/** A user whom others may find. */
export interface FoundProfile {
  readonly uid: number;
  /** What he is found by. */
  readonly search: string;
}

export interface ProfileStore {
  /** Users of the app who are found by what begins with `prefix` (in lower case), ascending, from after `after`. */
  search(query: {
    aid: number;
    prefix: string;
    after?: FoundProfile;
    limit: number;
  }): Promise<FoundProfile[]>;
  /** Those of these users who have one, and were not removed. */
  find(uids: readonly number[]): Promise<ProfileRecord[]>;
  /**
   * Replaces the profile of a user if it is still of this version (0: none); resolves to the new one. The picture's
   * file is in use from then on. Undefined, and nothing is changed, when the version is another one, and when there is no
   * such user or finished file.
   *
   * @param search what the user is found by, in lower case; null when he is not to be found
   * @param checkAt before this time nobody looks whether the file is in use
   */
  put(profile: {
    uid: number;
    version: number;
    document: Uint8Array;
    picture: string | null;
    search: string | null;
    checkAt: number;
  }): Promise<number | undefined>;
}
