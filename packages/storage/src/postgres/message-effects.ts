import { ageNumbers, eventNumbers, messageStates } from '../sql/message-states.ts';
import type { SqlStatement } from '../sql/sql-statement.ts';
import type { CursorMoves, NewMessage } from '../store.ts';
import { byteaArray, int8Column } from './binary-arrays.ts';
import type { MessageRow } from './log-changes.ts';
import { markStatements } from './mark-statements.ts';

/** What an event makes of an earlier message. */
interface TargetChange {
  readonly conv: number;
  readonly target: number;
  /** The new content and since when; null when the message is recalled. */
  readonly edit: { readonly content: Uint8Array; readonly at: number } | null;
}

/** A member's cursors have moved in a conversation in which messages wait for that. */
interface AgeStart extends CursorMoves {
  readonly conv: number;
  readonly uid: number;
  /** Of a user with himself. */
  readonly notes: boolean;
  readonly now: number;
}

/** Whether there is more to a message than what every message has. */
export const isSpecial = ({ change, age }: NewMessage): boolean => change !== undefined || age !== undefined;

/** Whether the message's age waits for a cursor. */
export const waits = ({ change, age }: NewMessage): boolean =>
  change === undefined && age !== undefined && age.from !== 'sent';

/** What events and ages do to messages, beside the rows that are inserted. Most batches do nothing of it. */
export class MessageEffects {
  readonly #special: MessageRow[] = [];
  /** By conversation and place: what it comes to. */
  readonly #targets = new Map<string, TargetChange>();
  readonly #starts: AgeStart[] = [];
  readonly #marks: SqlStatement[] = [];

  /** Of an event, or a message with an age. */
  appended(row: MessageRow): void {
    this.#special.push(row);
    const { conv, seq, message } = row;
    const { change, content, ts } = message;
    if (change === undefined || change.target >= seq) return;
    if (change.mark !== undefined) this.#marks.push(...markStatements(row, change.target, change.mark));
    if (change.event !== 'edit' && change.event !== 'recall') return;
    const key = `${conv}:${change.target}`;
    // A recall is for ever; otherwise the last one counts.
    if (this.#targets.get(key)?.edit === null) return;
    const edit = change.event === 'edit' ? { content, at: ts } : null;
    this.#targets.set(key, { conv, target: change.target, edit });
  }

  startAges(start: AgeStart): void {
    this.#starts.push(start);
  }

  /** In order. They follow the insertion of the messages. */
  statements(): SqlStatement[] {
    const changes = [...this.#targets.values()];
    return [
      // First: what is an event must not be taken for a message by another.
      ...insertExtras(this.#special),
      ...editMessages(
        changes.flatMap(({ conv, target, edit }) => (edit === null ? [] : [{ conv, target, ...edit }])),
      ),
      ...recallMessages(changes.filter(({ edit }) => edit === null)),
      ...this.#marks,
      ...startAges(this.#starts),
    ];
  }
}

function insertExtras(rows: readonly MessageRow[]): SqlStatement[] {
  if (rows.length === 0) return [];
  const ageOf = ({ message: { change, age } }: MessageRow) => (change === undefined ? age : undefined);
  return [
    {
      sql: `
        insert into message_extras (mid, conv, seq, sender, event, target, age, age_from, due_at)
        select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[],
          $8::int8[], $9::int8[])`,
      parameters: [
        int8Column(rows, ({ mid }) => mid),
        int8Column(rows, ({ conv }) => conv),
        int8Column(rows, ({ seq }) => seq),
        int8Column(rows, ({ message }) => message.sender),
        int8Column(rows, ({ message: { change } }) =>
          change === undefined ? 0 : eventNumbers[change.event],
        ),
        int8Column(rows, ({ message: { change } }) => change?.target ?? null),
        int8Column(rows, (row) => ageOf(row)?.seconds ?? 0),
        int8Column(rows, (row) => ageNumbers[ageOf(row)?.from ?? 'sent']),
        int8Column(rows, (row) => {
          const age = ageOf(row);
          return age?.from === 'sent' ? row.message.ts + age.seconds * 1000 : null;
        }),
      ],
    },
  ];
}

/** Neither what is gone nor another event. */
const isMessage = `m.conv = k.conv and m.seq = k.target and m.content is not null
  and not exists (select 1 from message_extras x where x.mid = m.mid and x.event > 0)`;

function editMessages(
  edits: readonly {
    readonly conv: number;
    readonly target: number;
    readonly content: Uint8Array;
    readonly at: number;
  }[],
): SqlStatement[] {
  if (edits.length === 0) return [];
  return [
    {
      sql: `
        with edited as (
          update messages m set content = k.content, state = ${messageStates.extra}
          from unnest($1::int8[], $2::int8[], $3::bytea[], $4::int8[]) k (conv, target, content, edited_at)
          where ${isMessage} returning m.mid, m.conv, m.seq, m.sender, k.edited_at)
        insert into message_extras (mid, conv, seq, sender, edited_at) select * from edited
        on conflict (mid) do update set edited_at = excluded.edited_at`,
      parameters: [
        int8Column(edits, ({ conv }) => conv),
        int8Column(edits, ({ target }) => target),
        byteaArray(edits.map(({ content }) => content)),
        int8Column(edits, ({ at }) => at),
      ],
    },
  ];
}

function recallMessages(recalls: readonly TargetChange[]): SqlStatement[] {
  if (recalls.length === 0) return [];
  return [
    {
      sql: `
        with recalled as (
          update messages m set content = null, state = ${messageStates.recalled}
          from unnest($1::int8[], $2::int8[]) k (conv, target) where ${isMessage} returning m.mid)
        delete from message_extras where mid in (select mid from recalled)`,
      parameters: [int8Column(recalls, ({ conv }) => conv), int8Column(recalls, ({ target }) => target)],
    },
  ];
}

/** The first of several that cover a message counts. */
function startAges(starts: readonly AgeStart[]): SqlStatement[] {
  if (starts.length === 0) return [];
  return [
    {
      sql: `
        update message_extras e set due_at = k.now + e.age * 1000
        from (
          select distinct on (x.mid) x.mid, k.now
          from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[])
            with ordinality k (conv, uid, notes, delivered, read, now, place)
          join message_extras x on x.conv = k.conv and x.age > 0 and x.due_at is null
          where (x.sender <> k.uid or k.notes = 1)
            and (x.age_from = ${ageNumbers.delivered} and x.seq <= k.delivered
              or x.age_from = ${ageNumbers.read} and x.seq <= k.read)
          order by x.mid, k.place) k
        where e.mid = k.mid`,
      parameters: [
        int8Column(starts, ({ conv }) => conv),
        int8Column(starts, ({ uid }) => uid),
        int8Column(starts, ({ notes }) => Number(notes)),
        int8Column(starts, ({ delivered }) => delivered ?? 0),
        int8Column(starts, ({ read }) => read ?? 0),
        int8Column(starts, ({ now }) => now),
      ],
    },
  ];
}
