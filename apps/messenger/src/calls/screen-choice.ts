import { StoaError } from '@stoa/protocol';

/**
 * Shares a screen. Who closes the browser's choice of screens has changed his mind, and nothing has failed: browsers tell it
 * like a refusal.
 */
export async function unlessGivenUp(sharing: Promise<unknown>): Promise<void> {
  try {
    await sharing;
  } catch (error) {
    if (!isGivenUp(error)) throw error;
  }
}

/** A refusal of the system (on macOS, browsers need its permission to record the screen) names it. */
function isGivenUp(error: unknown): boolean {
  const cause = error instanceof StoaError ? error.cause : undefined;
  return cause instanceof DOMException && cause.name === 'NotAllowedError' && !/system/i.test(cause.message);
}

/** Whether a screen can be shared here: phones cannot. */
export const mayShareScreen = typeof navigator.mediaDevices?.getDisplayMedia === 'function';
