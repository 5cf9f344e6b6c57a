import type { StoredMessage } from '../store.ts';
import type { LogReader } from './executor.ts';
import { ageOf, eventOf, goneReasonOf, messageStates } from './message-states.ts';
import type { SqlValue } from './sql-statement.ts';

const stateOfExpired = -1;

/** Of an event: the message that it changes. */
const targetOf = (column: string): string => `(
  select ${column} from message_extras x join messages t on t.conv = x.conv and t.seq = x.target
  where x.mid = m.mid and x.event > 0 and x.target < x.seq
    and not exists (select 1 from message_extras e where e.mid = t.mid and e.event > 0))`;

/** In one text, so that all other messages carry one null for it: see toSpecial. */
const extra = `(
  select x.event || ',' || coalesce(x.target, 0) || ',' || x.age || ',' || x.age_from || ',' ||
    coalesce(x.due_at, 0) || ',' || coalesce(x.edited_at, 0) || ',' ||
    coalesce(${targetOf(`coalesce(t.state, ${stateOfExpired})`)}, 0)
  from message_extras x where x.mid = m.mid)`;

const columns = `mid, conv, seq, sender, dev, id, ts, type, flags, local_id as "localId", ref,
  expires_at as "expiresAt"`;

/** Named as in the interface, so that the row of an ordinary message is a message. */
const selectPlain = `select ${columns}, content, state as special from messages m`;

/** For messages with extras. An edit has its content elsewhere. */
const selectFull = `
  select ${columns},
    case when state = ${messageStates.extra} and content is null then ${targetOf('t.content')} else content end
      as content,
    case state when ${messageStates.extra} then ${extra} else cast(state as text) end as special
  from messages m`;

interface MessageRow extends Omit<StoredMessage, 'special'> {
  /** Column `state`, or the text of {@link selectFull}. */
  readonly special: number | string | null;
}

/**
 * The messages to which the end of the statement applies. Most have no extras, and then are spared the sub-queries;
 * otherwise all are read again, so that what is told of a message is of one moment.
 */
export async function readMessages(
  reader: LogReader,
  rest: string,
  ...parameters: SqlValue[]
): Promise<StoredMessage[]> {
  const rows = await reader.all<MessageRow>(`${selectPlain} ${rest}`, ...parameters);
  const full = rows.some(({ special }) => special === messageStates.extra);
  return toMessages(full ? await reader.all<MessageRow>(`${selectFull} ${rest}`, ...parameters) : rows);
}

function toMessages(rows: readonly MessageRow[]): StoredMessage[] {
  return rows.map((row) => (isOrdinary(row) ? row : toSpecial(row)));
}

const isOrdinary = (row: MessageRow): row is MessageRow & { readonly special: null } =>
  row.special === null && row.content !== null;

function toSpecial(row: MessageRow): StoredMessage {
  const numbers = row.special === null ? [] : String(row.special).split(',').map(Number);
  if (numbers.length < 2) return { ...row, special: { ...nothing, gone: goneReasonOf(numbers[0] ?? null) } };
  const [event = 0, target = 0, age = 0, ageFrom = 0, dueAt = 0, editedAt = 0, targetState = 0] = numbers;
  return {
    ...row,
    special: {
      event: eventOf(event),
      target: orNull(target),
      age: ageOf(age, ageFrom),
      dueAt: orNull(dueAt),
      editedAt: orNull(editedAt),
      // A recall has something to say although its target is gone.
      gone: row.content === null ? goneReasonOf(targetState === stateOfExpired ? null : targetState) : null,
    },
  };
}

const nothing = { event: null, target: null, age: null, dueAt: null, editedAt: null };

const orNull = (number: number): number | null => (number === 0 ? null : number);
