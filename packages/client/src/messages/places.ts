import { addPlaces, doneUpTo, lastPlace, newConversation } from '../conversations/index.ts';
import type { Transaction } from '../store/index.ts';
import type { ConversationId } from '../types.ts';

/** The next place of the conversation is known now. `wantsReading`: there is something that the user has not read. */
export function fillPlace(
  transaction: Transaction,
  id: ConversationId,
  seq: number,
  wantsReading: boolean,
): void {
  const record = transaction.conversation(id) ?? newConversation(id);
  const skipped = wantsReading || seq <= doneUpTo(record) ? record.skipped : record.skipped + 1;
  transaction.putConversation({ ...record, runs: addPlaces(record.runs, seq, seq), skipped });
}

/** The next place of the conversation is known now, and there is nothing to show. */
export function emptyPlace(transaction: Transaction, id: ConversationId, seq: number): void {
  const record = transaction.conversation(id);
  // A conversation that was cleared does not come back by it.
  if (record?.clearedAt === seq - 1) transaction.putConversation({ ...record, clearedAt: seq });
  fillPlace(transaction, id, seq, false);
}

/** There is nothing to show between what is known and this place. */
export function emptyPlacesBefore(transaction: Transaction, id: ConversationId, seq: number): void {
  const last = lastPlace(transaction.conversation(id)?.runs ?? []);
  for (let place = last + 1; place < seq; place += 1) emptyPlace(transaction, id, place);
}
