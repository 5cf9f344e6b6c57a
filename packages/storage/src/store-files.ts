/** What is kept about uploaded files. Their content is elsewhere. */

export interface FileRecord {
  /** 32 hexadecimal digits, random. */
  readonly id: string;
  readonly aid: number;
  /** Who uploaded it. */
  readonly uid: number;
  readonly name: string;
  /** Decided from the content; empty while it is being uploaded. */
  readonly mime: string;
  /** Bytes; while it is being uploaded, those that were announced, or 0. */
  readonly size: number;
  /** Of the content; null while it is being uploaded. */
  readonly sha256: Uint8Array | null;
  readonly createdAt: number;
}

/** The message that names a file, by the key with which it is sent: known before the message is stored. */
export interface FileUse {
  readonly sender: number;
  readonly dev: number;
  readonly id: number;
}

/**
 * Records of files. A file is *in use* while a message that is not gone names it, or one that waits for its time, and
 * while it is the picture of a user or a group. From
 * time to time (`checkAt`) each file is looked at, and removed when it is not in use.
 */
export interface FileRecordStore {
  /** The upload of a file has begun. */
  add(file: {
    id: string;
    aid: number;
    uid: number;
    name: string;
    size: number;
    now: number;
    checkAt: number;
  }): Promise<void>;
  /** It has so many bytes, as has turned out. Nothing happens to one that is finished, or is being removed. */
  resize(id: string, size: number): Promise<void>;
  /** Its content is complete and durable. Undefined when it was removed meanwhile. Repeating changes nothing. */
  finish(
    id: string,
    content: { mime: string; size: number; sha256: Uint8Array },
  ): Promise<FileRecord | undefined>;
  /** Not one that is being removed. */
  find(id: string): Promise<FileRecord | undefined>;
  /** Finished ones of the user, ascending by id. */
  list(query: { uid: number; after?: string; limit: number }): Promise<FileRecord[]>;
  /** Bytes of the user's files, unfinished ones included, and the number of unfinished ones. */
  usage(uid: number): Promise<{ bytes: number; unfinished: number }>;
  /**
   * Notes that a message will name the file, which is not looked at before `checkAt`. False, and nothing is changed, when
   * there is no such finished file. Repeating is harmless.
   */
  use(file: string, use: FileUse, checkAt: number): Promise<boolean>;
  /**
   * Where messages name the file, the newest first, at most `limit`: in pairs of which the user is one, and in groups of
   * any members.
   */
  places(query: {
    file: string;
    uid: number;
    limit: number;
  }): Promise<{ conv: number; seq: number; isGroup: boolean }[]>;
  /** Has nobody look at the file before `checkAt`. False when there is no such finished file. */
  keep(file: string, checkAt: number): Promise<boolean>;
  /** Whether it is the picture of a group of which the user is a member. */
  isPictureFor(file: string, uid: number): Promise<boolean>;
  /** Has the user's files looked at next. */
  checkSoon(uid: number): Promise<void>;
  /**
   * Looks at files whose time has come, at most `limit`. Those in use are left until `nextCheck`; all others are hidden
   * from now on, and returned again each time until they are removed.
   */
  takeUnused(query: {
    now: number;
    nextCheck: number;
    limit: number;
  }): Promise<{ examined: number; unused: string[] }>;
  /** Forgets the file. False when there is none. */
  remove(id: string): Promise<boolean>;
}
