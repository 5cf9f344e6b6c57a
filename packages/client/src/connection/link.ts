import type { ClientFrame } from '@stoa/protocol';

/** The connection as those see it who send over it. */
export interface Link {
  readonly online: boolean;
  /** Sends with everything else of this turn. Without a connection it does nothing and returns false. */
  send(frame: ClientFrame): boolean;
  /** Calls back when the server has taken what was sent before; never, when the connection breaks first. */
  confirm(onTaken: () => void): void;
}
