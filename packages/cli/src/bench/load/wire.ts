/**
 * How the load generator speaks to a server: one module per kind of server, loaded by the load processes by its URL
 * and exporting `wire`.
 * @module
 */

/** A user that the server knows. */
export interface LoadUser {
  readonly address: string;
  /** What the user signs in with; empty where a server asks for none. */
  readonly token: string;
}

/** What a user's device is told. */
export interface LoadEvents {
  /** A message of this user was acknowledged. */
  acknowledged(id: number): void;
  /** A message reached this user; `id` is the sender's. */
  received(id: number): void;
  /** The server refused something or ended the connection: the run is worth nothing. */
  failed(error: Error): void;
}

/** One device of a user. It remembers what a device would, so that connecting again resumes. */
export interface LoadClient {
  /** Resolves when it is live: signed in, and given everything that it missed. */
  connect(): Promise<void>;
  send(to: string, id: number, text: string): void;
  /**
   * Absent where there are no groups. Without receipts, nobody is told what became of it: where messages are stored, this
   * one is not.
   */
  sendToGroup?(group: string, id: number, text: string, receipts: boolean): void;
  /** Cuts the connection without a word. */
  drop(): void;
}

export type Wire = (url: string, user: LoadUser, events: LoadEvents) => LoadClient;
