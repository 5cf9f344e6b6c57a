import type { Connection } from './connection.ts';

/** Quiet for this long: the server asks. */
const pingAfterMs = 4_000;
/** Quiet for this long: the connection is dead. Both sides use it (`welcome.silence`). */
export const silenceMs = 9_000;
/** A connection that has not signed in by then is closed. */
const helloMs = 10_000;
/** A closed connection whose client does not answer is cut after this. */
const closingMs = 2_000;
/** More than this waits for the network: the client does not keep up and is cut off; it resumes from the log. */
const slowConsumerBytes = 16 * 1024 * 1024;

/** One look at one connection, about once a second for all of them: no timer per connection. */
export function checkConnection(connection: Connection, now: number): void {
  if (connection.closed) {
    if (now - connection.closedAt >= closingMs) connection.terminate();
    return;
  }
  const quiet = now - connection.heardAt;
  if (quiet >= silenceMs) {
    connection.close('heartbeatTimeout');
  } else if (!connection.signedIn && now - connection.openedAt >= helloMs) {
    connection.close('helloTimeout');
  } else if (connection.buffered > slowConsumerBytes) {
    connection.close('slowConsumer');
  } else if (connection.expiresAt !== null && connection.expiresAt <= now) {
    connection.close('unauthorized');
  } else if (quiet >= pingAfterMs && now - connection.pingedAt >= pingAfterMs) {
    connection.pingedAt = now;
    connection.write({ t: 'ping' });
  }
}
