import type { GroupSpan, GroupStore } from '@stoa/storage';

/**
 * The first place behind `after` at which a message that is for the user was edited or recalled while he was away from the
 * group. It is streamed to him when he is back although it is not for him: he is told what the message says now, as he is in
 * the history. Undefined when there is none, or he has not come back.
 */
export async function missedChange(
  groups: Pick<GroupStore, 'missedChanges'>,
  spans: readonly GroupSpan[],
  at: { readonly conv: number; readonly uid: number; readonly after: number },
): Promise<number | undefined> {
  const back = spans.at(-1);
  if (back === undefined || spans.length < 2 || back.after <= at.after) return undefined;
  const [place] = await groups.missedChanges({ ...at, limit: 1 });
  return place;
}
