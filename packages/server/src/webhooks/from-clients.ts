import { limits, packValue, requirePlainContent, StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import type { OperationHandlers } from '../socket/operations.ts';
import { clientEvent } from './events.ts';
import { eventsFor, type TellsOf } from './happenings.ts';
import type { WebhookQueue } from './queue.ts';
import type { Webhooks } from './webhooks.ts';

export interface FromClientsOptions {
  readonly webhooks: Pick<Webhooks, 'of'>;
  readonly queue: Pick<WebhookQueue, 'add'>;
  readonly clock: Clock;
  readonly tellsOf: TellsOf;
  /** Milliseconds that the user has to wait; 0: he may send now. */
  readonly take: (uid: number) => number;
  readonly randomId: () => number;
}

/** What clients say to the app itself. It is answered when it is in the queue, and comes to the app at least once. */
export function webhookOperations(
  options: FromClientsOptions,
): Required<Pick<OperationHandlers, 'webhooks.send'>> {
  const { webhooks, queue, clock, tellsOf, take, randomId } = options;
  return {
    'webhooks.send': async ({ aid, uid, address }, { content, type }) => {
      if (!(await tellsOf({ aid, uid }))) throw new StoaError('PERMISSION_DENIED');
      const wanting = webhooks.of(aid, 'message.client');
      if (wanting.length === 0) {
        throw new StoaError('NOT_FOUND', 'The app has no webhook that wants "message.client".');
      }
      requirePlainContent(content);
      const bytes = packValue(content).length;
      if (bytes > limits.contentBytes) {
        throw new StoaError(
          'TOO_LARGE',
          `The content has ${bytes} bytes; the limit is ${limits.contentBytes}.`,
        );
      }
      const retryAfterMs = take(uid);
      if (retryAfterMs > 0) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs });
      const now = clock.now();
      await queue.add(
        eventsFor(wanting, clientEvent({ uid, address }, { type, content, id: randomId() }, now), now),
      );
      return {};
    },
  };
}
