import { type Cursors, progressByReceipts } from '../messages/index.ts';
import type { Requests } from '../requests/index.ts';
import type { ConversationRecord, LocalData } from '../store/index.ts';

export interface GroupProgressOptions {
  readonly data: LocalData;
  readonly requests: Requests;
  readonly cursors: Cursors;
}

/**
 * Members of groups received and read while this device was away: no frame of the next connection tells of it. So it is
 * asked for once, for the groups in which the newest message is an own one that nobody had read. What fails is asked for
 * again on the next connection.
 */
export async function askForGroupProgress(options: GroupProgressOptions): Promise<void> {
  const open = [...options.data.conversations()].filter(hasOpenStatus).sort(byNewest).slice(0, groupsAsked);
  try {
    for (const conversation of open) await askFor(conversation, options);
  } catch {
    // The connection or the store is gone.
  }
}

async function askFor(
  { id, conv, latest }: ConversationRecord,
  { data, requests, cursors }: GroupProgressOptions,
): Promise<void> {
  const seq = latest?.seq ?? 0;
  const { receipts } = await requests.ask('message.receipts', { conv, seq });
  await data.transact(async (transaction) => {
    for (const progress of progressByReceipts(seq, receipts))
      await cursors.movePeer(transaction, id, progress);
  });
}

function hasOpenStatus({ id, left, latest, peerCursor }: ConversationRecord): boolean {
  if (!id.startsWith('g:') || left === true || latest === undefined) return false;
  return latest.outgoing && latest.seq > peerCursor.read;
}

const byNewest = (a: ConversationRecord, b: ConversationRecord): number =>
  (b.latest?.ts ?? 0) - (a.latest?.ts ?? 0);

/** Of older ones the application may ask itself, see Client.receiptTimes(). */
const groupsAsked = 50;
