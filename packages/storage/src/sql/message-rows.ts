import type { MessageSpecial, StoredMessage } from '../store.ts';
import type { LogReader } from './executor.ts';
import { ageOf, eventNumbers, eventOf, goneReasonOf, marksOf, messageStates } from './message-states.ts';
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

/** What is on the message, or on the target of an event that marks, in one text too. */
const marks = `(
  select e.marked || ';' || coalesce((
      select string_agg(k.event || ' ' || k.uid || ' ' || k.ts || ' ' || k.value, ',' order by k.seq, k.value)
      from message_marks k where k.mid = e.mid), '')
  from message_extras x join message_extras e on e.mid = case when x.event > ${eventNumbers.recall}
    then (select t.mid from messages t where t.conv = x.conv and t.seq = x.target) else x.mid end
  where x.mid = m.mid and e.marked > 0)`;

const columns = 'mid, conv, seq, sender, dev, id, ts, type, flags, local_id, ref, expires_at';

const selectPlain = `select ${columns}, content, state from messages m`;

/** For messages with extras. An edit has its content elsewhere. */
const selectFull = `
  select ${columns},
    case when state = ${messageStates.extra} and content is null then ${targetOf('t.content')} else content end,
    case state when ${messageStates.extra} then ${extra} else cast(state as text) end,
    case state when ${messageStates.extra} then ${marks} end
  from messages m`;

type MessageRow = readonly [
  mid: number,
  conv: number,
  seq: number,
  sender: number,
  dev: number,
  id: number | null,
  ts: number,
  type: number,
  flags: number,
  localId: number,
  ref: number | null,
  expiresAt: number,
  content: Uint8Array | null,
  /** Column `state`, or the text of {@link selectFull}. */
  state: number | string | null,
  marks?: string | null,
];

const stateOf = ([, , , , , , , , , , , , , state]: MessageRow) => state;

/**
 * The messages to which the end of the statement applies. Most have no extras, and then are spared the sub-queries;
 * otherwise all are read again, so that what is told of a message is of one moment.
 */
export async function readMessages(
  reader: LogReader,
  rest: string,
  ...parameters: SqlValue[]
): Promise<StoredMessage[]> {
  const rows = await reader.tuples<MessageRow>(`${selectPlain} ${rest}`, ...parameters);
  const full = rows.some((row) => stateOf(row) === messageStates.extra);
  const complete = full ? await reader.tuples<MessageRow>(`${selectFull} ${rest}`, ...parameters) : rows;
  return complete.map(toMessage);
}

function toMessage(row: MessageRow): StoredMessage {
  const [
    mid,
    conv,
    seq,
    sender,
    dev,
    id,
    ts,
    type,
    flags,
    localId,
    ref,
    expiresAt,
    content,
    state,
    marks = null,
  ] = row;
  const special = state === null && content !== null ? null : toSpecial(state, content, marks);
  return { mid, conv, seq, sender, dev, id, ts, type, flags, localId, ref, expiresAt, content, special };
}

function toSpecial(
  state: number | string | null,
  content: Uint8Array | null,
  marks: string | null,
): MessageSpecial {
  const numbers = state === null ? [] : String(state).split(',').map(Number);
  if (numbers.length < 2) return { ...nothing, gone: goneReasonOf(numbers[0] ?? null) };
  const [event = 0, target = 0, age = 0, ageFrom = 0, dueAt = 0, editedAt = 0, targetState = 0] = numbers;
  return {
    event: eventOf(event),
    target: orNull(target),
    age: ageOf(age, ageFrom),
    dueAt: orNull(dueAt),
    editedAt: orNull(editedAt),
    // A recall has something to say although its target is gone.
    gone: content === null ? goneReasonOf(targetState === stateOfExpired ? null : targetState) : null,
    marks: content === null ? null : marksOf(marks),
  };
}

const nothing = { event: null, target: null, age: null, dueAt: null, editedAt: null, marks: null };

const orNull = (number: number): number | null => (number === 0 ? null : number);
