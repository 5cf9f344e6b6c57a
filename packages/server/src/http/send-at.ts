import { messageFlags, StoaError } from '@stoa/protocol';
import type { BackendMessage } from '../messages/index.ts';
import type { HttpOptions } from './http-options.ts';

/**
 * Has a message sent at a time, or at once when it has passed; resolves to the time.
 *
 * @throws StoaError BAD_REQUEST for a transient message, or what scheduling and sending throw
 */
export async function sendAt(
  { send, schedule }: Pick<HttpOptions, 'send' | 'schedule'>,
  message: BackendMessage,
  at: number,
): Promise<number> {
  if ((message.flags ?? 0) & messageFlags.transient) {
    throw new StoaError('BAD_REQUEST', 'A transient message cannot be scheduled.');
  }
  return (await schedule(message, at)) ?? (await send(message)).ts;
}
