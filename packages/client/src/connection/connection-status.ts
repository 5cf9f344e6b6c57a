import type { ConnectionStatus, Self } from '../types.ts';
import type { ConnectionState } from './connection-state.ts';

/** What the application is told of the connection's state. */
export function statusOfConnection(
  state: ConnectionState,
  self: Self | undefined,
  now: number,
): ConnectionStatus {
  switch (state.name) {
    case 'stopped':
      return { state: 'stopped' };
    case 'connecting':
      return { state: 'connecting' };
    case 'online':
      return self === undefined ? { state: 'connecting' } : { state: 'online', self };
    case 'waiting':
      return { state: 'offline', reason: state.reason, retryInMs: Math.max(0, state.deadline - now) };
    case 'refused':
      return { state: 'refused', error: state.error, signedOut: state.signedOut };
  }
}
