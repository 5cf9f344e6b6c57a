import { StoaError } from '@stoa/protocol';
import type { CursorStore, MessageLog } from '@stoa/storage';
import type { Directory } from '../directory/index.ts';
import type { OperationHandlers } from '../socket/operations.ts';

/** When a message reached its receivers, for those who are in the conversation. */
export function receiptOperations({
  log,
  cursors,
  directory,
}: {
  readonly log: MessageLog;
  readonly cursors: CursorStore;
  readonly directory: Directory;
}): Required<Pick<OperationHandlers, 'message.receipts'>> {
  return {
    'message.receipts': async ({ uid }, { conv, seq }) => {
      const key = (await log.conversation(conv))?.key;
      const [message] = await log.read(conv, { after: seq - 1, limit: 1 });
      // The same answer for what is not there and for what is none of his business.
      if (message === undefined || key?.kind !== 'pair' || (key.a !== uid && key.b !== uid)) {
        throw new StoaError('NOT_FOUND', `There is no message ${seq} in a conversation ${conv} of yours.`);
      }
      const receivers = [key.a, key.b].filter((member) => member !== message.sender);
      const receipts = receivers.map(async (receiver) => {
        const user = (await directory.byUid(receiver))?.address ?? '';
        const { deliveredAt, readAt } = await cursors.times(conv, receiver, seq);
        return {
          user,
          ...(deliveredAt === null ? {} : { deliveredAt }),
          ...(readAt === null ? {} : { readAt }),
        };
      });
      return { receipts: await Promise.all(receipts) };
    },
  };
}
