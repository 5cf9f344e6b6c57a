import { eventNumbers, messageStates } from '../sql/message-states.ts';
import type { SqlStatement } from '../sql/sql-statement.ts';
import type { MarkChange } from '../store.ts';
import type { MessageRow } from './log-changes.ts';

/** What an event that marks does to its target, in order. Without effect on what is gone and on other events. */
export function markStatements(
  { conv, seq, message }: MessageRow,
  target: number,
  { removes, adds, unless }: MarkChange,
): SqlStatement[] {
  const { change, sender, ts } = message;
  if (change === undefined) return [];
  const event = eventNumbers[change.event];
  // Only what the first statement has found is looked at by the others.
  const marked = `(
    select x.mid from messages m join message_extras x on x.mid = m.mid
    where m.conv = $1 and m.seq = $2 and x.marked = $3)`;
  const place = [conv, target, seq];
  const statements: SqlStatement[] = [
    {
      sql: `
        with target as (
          update messages m set state = ${messageStates.extra}
          where m.conv = $1 and m.seq = $2 and m.content is not null
            and not exists (select 1 from message_extras x where x.mid = m.mid and x.event > 0)
            and not exists (select 1 from message_marks k where k.mid = m.mid and k.event = $4)
          returning m.mid, m.conv, m.seq, m.sender)
        insert into message_extras (mid, conv, seq, sender, marked)
        select mid, conv, seq, sender, $3::int8 from target
        on conflict (mid) do update set marked = excluded.marked`,
      parameters: [...place, unless === undefined ? 0 : eventNumbers[unless]],
    },
  ];
  if (removes !== null) {
    const { of, value } = removes;
    statements.push({
      sql: `
        delete from message_marks where mid = ${marked} and event = $4
          and (uid = $5 or $6::int8 = 0) and (value = $7 or $8::int8 = 0)`,
      parameters: [
        ...place,
        event,
        sender,
        Number(of === 'sender'),
        value ?? '',
        Number(value !== undefined),
      ],
    });
  }
  for (const value of adds) {
    statements.push({
      sql: `
        insert into message_marks (mid, event, value, uid, conv, seq, ts)
        select mid, $4::int8, $5::text, $6::int8, $1::int8, $3::int8, $7::int8 from ${marked} target
        on conflict do nothing`,
      parameters: [...place, event, value, sender, ts],
    });
  }
  return statements;
}
