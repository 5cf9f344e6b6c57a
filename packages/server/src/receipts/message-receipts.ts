import { limits, StoaError } from '@stoa/protocol';
import type { CursorStore, GroupStore, MessageLog } from '@stoa/storage';
import type { Directory } from '../directory/index.ts';
import type { OperationHandlers } from '../socket/operations.ts';
import type { TellsDelivered } from './receipts.ts';

/** When a message reached its receivers, for those who are in the conversation. */
export function receiptOperations({
  log,
  cursors,
  groups,
  directory,
  tellsDelivered,
}: {
  readonly log: MessageLog;
  readonly cursors: CursorStore;
  readonly groups: Pick<GroupStore, 'receipts' | 'spans'>;
  readonly directory: Directory;
  readonly tellsDelivered: TellsDelivered;
}): Required<Pick<OperationHandlers, 'message.receipts'>> {
  return {
    'message.receipts': async ({ uid }, { conv, seq }) => {
      const key = (await log.conversation(conv))?.key;
      const [message] = await log.read(conv, { after: seq - 1, limit: 1 });
      const isInGroup = key?.kind === 'group' && (await mayRead(groups, conv, uid, seq));
      if (message !== undefined && isInGroup) {
        const found = await groups.receipts({ conv, seq, limit: limits.groupToldMembers });
        return {
          receipts: await named(
            found.filter((receipt) => receipt.uid !== message.sender),
            { directory, tellsDelivered },
          ),
        };
      }
      // The same answer for what is not there and for what is none of his business.
      if (message === undefined || key?.kind !== 'pair' || (key.a !== uid && key.b !== uid)) {
        throw new StoaError('NOT_FOUND', `There is no message ${seq} in a conversation ${conv} of yours.`);
      }
      const receivers = [key.a, key.b].filter((member) => member !== message.sender);
      const found = receivers.map(async (receiver) => ({
        uid: receiver,
        ...(await cursors.times(conv, receiver, seq)),
      }));
      return { receipts: await named(await Promise.all(found), { directory, tellsDelivered }) };
    },
  };
}

async function mayRead(
  groups: Pick<GroupStore, 'spans'>,
  conv: number,
  uid: number,
  seq: number,
): Promise<boolean> {
  const spans = await groups.spans(conv, uid);
  return spans.some(({ after, upto }) => after < seq && (upto === null || seq <= upto));
}

function named(
  receipts: readonly { uid: number; after?: number; deliveredAt: number | null; readAt: number | null }[],
  { directory, tellsDelivered }: { readonly directory: Directory; readonly tellsDelivered: TellsDelivered },
) {
  return Promise.all(
    receipts.map(async ({ uid, after = 0, deliveredAt, readAt }) => {
      const user = await directory.byUid(uid);
      const isTold = deliveredAt !== null && (user === undefined || (await tellsDelivered(user)));
      return {
        user: user?.address ?? '',
        ...(after === 0 ? {} : { after }),
        ...(isTold ? { deliveredAt } : {}),
        ...(readAt === null ? {} : { readAt }),
      };
    }),
  );
}
