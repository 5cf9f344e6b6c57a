import type { LocalStore, MessageRecord } from '../store/index.ts';
import type { ConversationId } from '../types.ts';

/**
 * Reads messages like LocalStore.messages(), without changes and scheduled messages that wait in the outbox: when
 * there are fewer than `limit`, there are no more.
 */
export async function shownMessages(
  store: LocalStore,
  id: ConversationId,
  range: { readonly from?: number; readonly before?: number; readonly limit: number },
): Promise<MessageRecord[]> {
  const shown: MessageRecord[] = [];
  for (let { before } = range; ; ) {
    const limit = range.limit - shown.length;
    const page = await store.messages(id, { ...range, ...(before === undefined ? {} : { before }), limit });
    shown.push(...page.filter(isShown));
    before = page.at(-1)?.order;
    if (page.length < limit || before === undefined || shown.length >= range.limit) return shown;
  }
}

function isShown({ event, scheduledAt }: MessageRecord): boolean {
  return event === undefined && scheduledAt === undefined;
}
