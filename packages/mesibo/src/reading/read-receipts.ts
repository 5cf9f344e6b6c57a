import { targetOf } from '@stoa/client';
import { internal } from '../internal.ts';
import type { MesiboMessage } from '../messages/message.ts';
import { pageAttention } from './attention.ts';
import type { MesiboReadSession } from './read-session.ts';

/** Notes that the session has shown a received message. */
export function show(session: MesiboReadSession, message: MesiboMessage): void {
  const { local } = message[internal];
  if (local === undefined || local.outgoing || local.seq === 0) return;
  const { shown } = session[internal];
  const entry = shown.get(local.conversation) ?? {
    target: targetOf(local.conversation),
    seq: 0,
    reported: 0,
  };
  entry.seq = Math.max(entry.seq, local.seq);
  shown.set(local.conversation, entry);
}

/** Tells the server how far the user has read, if the session sends receipts and somebody looks at the page. */
export function reportRead(session: MesiboReadSession): void {
  const { context, shown, isActive, isSummary, sendsReceipts } = session[internal];
  const { client } = context;
  if (!isActive || isSummary || !sendsReceipts || client === undefined || !pageAttention.isThere()) return;
  for (const entry of shown.values()) {
    if (entry.seq === entry.reported) continue;
    entry.reported = entry.seq;
    client.markRead(entry.target, { upTo: entry.seq, receipt: true }).catch((error) => context.fail(error));
  }
}
