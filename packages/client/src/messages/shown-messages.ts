import { isHidden, type LocalStore, type MessageRecord } from '../store/index.ts';
import type { ConversationId } from '../types.ts';

/**
 * Reads messages like LocalStore.messages(), without the hidden ones: when there are fewer than `limit`, there are no
 * more.
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
    shown.push(...page.filter((record) => !isHidden(record)));
    before = page.at(-1)?.order;
    if (page.length < limit || before === undefined || shown.length >= range.limit) return shown;
  }
}
