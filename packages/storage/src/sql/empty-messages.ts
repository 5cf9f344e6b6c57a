import type { CompiledQuery, Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { SqlDatabase } from './database.ts';
import { messageStates } from './message-states.ts';
import type { Tables } from './tables.ts';

type Condition = (builder: ExpressionBuilder<Tables, 'messages'>) => Expression<SqlBool>;

/**
 * Statements that take away the content of the messages to which the condition applies, and what was special about
 * them. Events stay: they have no content of their own.
 */
export function emptyMessages(
  { query }: Pick<SqlDatabase, 'query'>,
  reason: Exclude<keyof typeof messageStates, 'extra'>,
  condition: Condition,
): CompiledQuery<{ mid: number }>[] {
  const state = messageStates[reason];
  const emptied = query.selectFrom('messages').select('mid').where(condition).where('state', '=', state);
  return [
    query
      .updateTable('messages')
      .set({ content: null, state })
      .where(condition)
      .where('content', 'is not', null)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('message_extras')
              .select('message_extras.mid')
              .whereRef('message_extras.mid', '=', 'messages.mid')
              .where('message_extras.event', '>', 0),
          ),
        ),
      )
      .returning('mid')
      .compile(),
    query
      .deleteFrom('message_extras')
      .where('event', '=', 0)
      .where('mid', 'in', emptied)
      .returning('mid')
      .compile(),
  ];
}
