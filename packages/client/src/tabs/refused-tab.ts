import { StoaError } from '@stoa/protocol';
import type { ConnectionStatus } from '../types.ts';

/** The state of a tab that takes part no longer. */
export type Refused = Extract<ConnectionStatus, { state: 'refused' }>;

export const refusedBy = (error: StoaError): Refused => ({ state: 'refused', error, signedOut: true });

export const outdated = (): StoaError =>
  new StoaError('UNSUPPORTED_VERSION', 'A newer version of the application is open in another tab.', {
    hint: 'Reload this page.',
  });

export const otherUser = (): StoaError =>
  new StoaError('CONFLICT', 'Another user has signed in in another tab.', {
    hint: 'Give every user a store of his own; start the client again to take this one back.',
  });
