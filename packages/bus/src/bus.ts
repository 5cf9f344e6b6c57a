/**
 * Carries events between the nodes of one installation. Delivery is at most once in order per publisher and
 * subject, and may be lost or repeated: correctness rests on the message log, the bus only makes it fast.
 *
 * Subjects are dotted tokens, such as `user.17`; a handler gets exactly the events of the subject that it named.
 * Events are plain data (what msgpack can carry, bytes included) and belong to nobody once published: neither
 * side changes them.
 *
 * Handlers are called after `publish` has returned, never from within it. One that throws does not keep the event from
 * the others; the implementation reports what it threw.
 */
export interface Bus {
  /** Reaches the subscribers on every node, this one included. Never throws; what cannot be sent is dropped. */
  publish(subject: string, event: BusEvent): void;
  /** Resolves when events published from now on, on any node, will arrive. */
  subscribe(subject: string, handler: (event: BusEvent) => void): Promise<Subscription>;
  /** Ends this node's subscriptions; what is published afterwards is dropped, subscribing is refused. Idempotent. */
  close(): Promise<void>;
}

export interface Subscription {
  /** No event is handed over after this returns. Idempotent. */
  unsubscribe(): void;
}

/** Plain data with a type: the packages above declare what they send as a union of their own. */
export interface BusEvent {
  readonly type: string;
}
