/**
 * Carries events between the nodes of one installation.
 *
 * Subjects are words joined by dots, such as `user.17`; a subscriber names one exactly. To each subscriber the events
 * of one publisher come in the order in which they were published. Events may be lost or repeated (the message log
 * makes delivery right): where they may have been lost, `onLost` says so. A handler that throws does not keep the
 * event from the other handlers.
 */
export interface Bus {
  /** Whether other nodes can be reached. When not, subscribers on this node are served all the same. */
  readonly connected: boolean;
  readonly counts: BusCounts;
  /** Reaches the subscribers on every node, this one included. Never throws or waits; what cannot be sent is dropped. */
  publish(subject: string, event: BusEvent): void;
  /**
   * Resolves when events published from now on, on any node, will arrive; while other nodes cannot be reached, at
   * once. `onLost` is called when such events may have been lost, and those published from now on arrive (again):
   * the subscriber should ask elsewhere for what it missed.
   */
  subscribe(subject: string, handler: (event: BusEvent) => void, onLost?: () => void): Promise<Subscription>;
  /** Ends this node's subscriptions; what is published afterwards is dropped, subscribing is refused. Idempotent. */
  close(): Promise<void>;
}

/** Events to and from other nodes, since the start. */
export interface BusCounts {
  readonly sent: number;
  readonly received: number;
  /** Not sent, because other nodes could not be reached or did not keep up, or the event was too large. */
  readonly dropped: number;
}

export interface Subscription {
  /** No event is handed over after this returns. Idempotent. */
  unsubscribe(): void;
}

/** Plain data with a type: the packages above declare what they send as a union of their own. */
export interface BusEvent {
  readonly type: string;
}
