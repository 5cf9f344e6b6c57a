import { StoaError } from '@stoa/protocol';

/** What is told of a microphone, camera or screen that could not be opened. */
export function mediaError(error: unknown, what: 'microphone' | 'camera' | 'screen'): StoaError {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const options = { cause: error };
  switch (name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
      return new StoaError('PERMISSION_DENIED', `The ${what} may not be used.`, {
        ...options,
        hint: `Allow the page to use the ${what}, in the browser and in the system.`,
      });
    case 'SecurityError':
      return new StoaError('PERMISSION_DENIED', `The ${what} may not be used by this page.`, {
        ...options,
        hint: 'Load the page over HTTPS (or from this machine).',
      });
    case 'NotFoundError':
    case 'OverconstrainedError':
      return new StoaError('NOT_FOUND', `There is no ${what}.`, {
        ...options,
        hint: 'Connect one, and try again.',
      });
    default:
      return new StoaError('UNAVAILABLE', `The ${what} cannot be opened.`, {
        ...options,
        hint: 'Close other programs that use it, and try again.',
      });
  }
}
