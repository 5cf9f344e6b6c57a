import type { StreamKind } from '@stoa/media';

/** A forwarder under test, in a process of its own. Everybody in it is in one room. */
export interface Forwarder {
  /** Takes a publisher's offer of one stream, and answers it. */
  publish(participant: string, kind: StreamKind, sdp: string): Promise<string>;
  /** An offer for a viewer of these publishers, whose answer is taken by `answer`. */
  view(participant: string, publishers: readonly string[]): Promise<string>;
  answer(participant: string, sdp: string): Promise<void>;
}
