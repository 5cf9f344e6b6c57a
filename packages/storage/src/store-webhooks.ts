/** What an app's own server is told about, and what waits to be told. */

/** Where one app is told of what happens. */
export interface Webhook {
  /** Unique on this server. */
  readonly id: number;
  readonly aid: number;
  /** Unique in the app. */
  readonly name: string;
  readonly url: string;
  /** By which the receiver knows that a request comes from here. */
  readonly secret: string;
  /** Names of the kinds of events that it gets. */
  readonly events: readonly string[];
  /** How the body of a request is written. */
  readonly form: string;
  readonly createdAt: number;
}

/** An event on its way to one webhook. */
export interface WebhookEvent {
  /** In the order in which they are sent. */
  readonly id: number;
  /** What the receiver knows it by. */
  readonly event: string;
  readonly at: number;
  /** JSON. */
  readonly body: string;
}

export interface NewWebhookEvent extends Omit<WebhookEvent, 'id'> {
  readonly webhook: number;
}

/** A message of which it is to be looked at whether somebody has received it. */
export interface DeliveryCheck {
  readonly mid: number;
  readonly dueAt: number;
}

/**
 * Something that happened and was noted in the same step, so that it is told even if its node ends before it has put the
 * events into the queues. `uid`: the sender of the message at this place, or the user whose cursor has come to it.
 */
export interface WebhookNote {
  readonly kind: 'message' | 'delivered' | 'read';
  readonly conv: number;
  readonly uid: number;
  readonly seq: number;
}

/** One request, or a decision not to make one. */
export interface WebhookAttempt {
  readonly id: number;
  readonly at: number;
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** What went wrong; null when nothing did. */
  readonly problem: string | null;
  /** Number of events, and the first of them. */
  readonly events: number;
  readonly event: string;
}

/** What became of the first events of a queue. */
export interface Settlement {
  readonly webhook: number;
  /** Events that wait no more. */
  readonly done: readonly number[];
  readonly attempts: readonly Omit<WebhookAttempt, 'id'>[];
  /** Attempts of the webhook that are kept. */
  readonly keep: number;
  /** Failures in a row, and when the next request may be made. */
  readonly failures: number;
  readonly retryAt: number;
}

/** Queues: what is in them stays until it is settled, whatever happens to the nodes. */
export interface WebhookStore {
  /** Makes or changes the webhook of this name. Undefined when the app has `limit` others already. */
  put(webhook: Omit<Webhook, 'id'>, limit: number): Promise<Webhook | undefined>;
  /** Removes it with all that waits. False when there is none. */
  remove(aid: number, name: string): Promise<boolean>;
  /** Of all apps; few. */
  all(): Promise<Webhook[]>;

  /**
   * Adds to the queues, in this order, and forgets the notes that this settles. What waits in a queue already is not added
   * again, nor for a webhook that is gone.
   */
  enqueue(
    events: readonly NewWebhookEvent[],
    checks?: readonly DeliveryCheck[],
    settled?: readonly WebhookNote[],
  ): Promise<void>;
  /** Notes of what happened before `before` and is not settled, oldest first. */
  notes(before: number, limit: number): Promise<(WebhookNote & { readonly at: number })[]>;
  /** Webhooks for which something waits, that may be tried now, and that no other node is at. */
  due(node: string, now: number): Promise<number[]>;
  /** Takes the webhook for this node. False when another node has it at `now`. With `until` 0 it is given back. */
  claim(claim: { webhook: number; node: string; now: number; until: number }): Promise<boolean>;
  /** The first ones that wait. */
  head(webhook: number, limit: number): Promise<WebhookEvent[]>;
  /** Failures of the webhook in a row. */
  failures(webhook: number): Promise<number>;
  /** Events that wait behind the newest `keep`, and those older than `before`: oldest first, at most `limit`. */
  overdue(query: { webhook: number; before: number; keep: number; limit: number }): Promise<WebhookEvent[]>;
  settle(settlement: Settlement): Promise<void>;
  /** Newest first, from before the id `before`. */
  attempts(query: { webhook: number; before?: number; limit: number }): Promise<WebhookAttempt[]>;
  /** About how many wait, counted up to `limit`. */
  waiting(webhook: number, limit: number): Promise<number>;

  /** Checks that are due. They stay until `checked`. */
  dueChecks(now: number, limit: number): Promise<number[]>;
  /** Adds what the checks have found, and forgets them, in one step. */
  checked(mids: readonly number[], events: readonly NewWebhookEvent[]): Promise<void>;

  /** The node holds the user now; the events are added if no node held him before. */
  userCame(uid: number, node: string, events: readonly NewWebhookEvent[]): Promise<void>;
  /** The node holds the user no more; the events are added if it did, and no other node holds him. */
  userLeft(uid: number, node: string, events: readonly NewWebhookEvent[]): Promise<void>;
  /** A node that holds users: the first one behind `after`, in the order of their names. */
  nodeAfter(after: string): Promise<string | undefined>;
  usersOf(node: string, limit: number): Promise<number[]>;
}
