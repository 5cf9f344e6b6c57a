import type { MessageLog } from '@stoa/storage';

/**
 * The place after which the newest `count` messages are. Events between them do not count; where there are very many
 * events, it is fewer messages.
 */
export async function beforeNewest(
  log: Pick<MessageLog, 'read'>,
  { conv, last }: { readonly conv: number; readonly last: number },
  count: number,
): Promise<number> {
  let before = last + 1;
  let found = 0;
  for (let looks = 0; looks < looksAtMost && found < count && before > 1; looks += 1) {
    const entries = await log.read(conv, { before, limit: Math.max(count - found, looks * entriesAtOnce) });
    for (const { seq, special } of entries.toReversed()) {
      before = seq;
      if (special === null || special.event === null) found += 1;
      if (found === count) break;
    }
    if (entries.length === 0) break;
  }
  return before - 1;
}

const looksAtMost = 6;
const entriesAtOnce = 50;
