import { messageFlags, StoaError } from '@stoa/protocol';
import type { BackendGroupMessage } from '../groups/index.ts';
import type { BackendMessage } from '../messages/index.ts';
import type { HttpOptions } from './http-options.ts';

/**
 * Has a message sent at a time, or at once when it has passed; resolves to the time.
 *
 * @throws StoaError BAD_REQUEST for a transient message, or what scheduling and sending throw
 */
export async function sendAt(
  { send, schedule, groups }: Pick<HttpOptions, 'send' | 'schedule' | 'groups'>,
  message: BackendMessage | BackendGroupMessage,
  at: number,
): Promise<number> {
  if ((message.flags ?? 0) & messageFlags.transient) {
    throw new StoaError('BAD_REQUEST', 'A transient message cannot be scheduled.');
  }
  const kept = await schedule(message, at);
  if (kept !== undefined) return kept;
  return (await ('gid' in message ? groups.sendFromBackend(message) : send(message))).ts;
}
