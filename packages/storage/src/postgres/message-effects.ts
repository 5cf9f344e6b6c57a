import { ageNumbers, eventNumbers, messageStates } from '../sql/message-states.ts';
import type { NewMessage } from '../store.ts';
import type { Connection } from './connections.ts';
import type { MessageRow } from './log-changes.ts';

/** What events and ages do to messages, beside the rows that are inserted. Most batches do nothing of it. */
export type MessageEffect =
  /** An event, or a message with an age, was appended. */
  | { readonly kind: 'special'; readonly row: MessageRow }
  /** A member's cursors have moved in a conversation in which messages wait for that. */
  | {
      readonly kind: 'start ages';
      readonly conv: number;
      readonly uid: number;
      /** Of a user with himself. */
      readonly notes: boolean;
      readonly delivered: number;
      readonly read: number;
      readonly now: number;
    };

/** Sends the statements of all effects, in order, before it waits. */
export async function applyEffects(connection: Connection, effects: readonly MessageEffect[]): Promise<void> {
  if (effects.length === 0) return;
  const rows = effects.flatMap((effect) => (effect.kind === 'special' ? [effect.row] : []));
  await Promise.all([
    // All of them first: what is an event must not be taken for a message by another.
    ...rows.map((row) => markSpecial(connection, row)),
    ...effects.map((effect) =>
      effect.kind === 'special' ? change(connection, effect.row) : startAges(connection, effect),
    ),
  ]);
}

/** Whether there is anything to complete in a message. */
export const isSpecial = ({ change, age }: NewMessage): boolean => change !== undefined || age !== undefined;

/** Whether the message's age waits for a cursor. */
export const waits = ({ change, age }: NewMessage): boolean =>
  change === undefined && age !== undefined && age.from !== 'sent';

async function markSpecial(connection: Connection, { mid, conv, seq, message }: MessageRow): Promise<void> {
  const { change, ts, sender } = message;
  const age = change === undefined ? message.age : undefined;
  await Promise.all([
    connection.rows(
      `update messages set state = ${messageStates.extra}, content = case when $2 then null else content end
      where mid = $1`,
      [mid, change?.event === 'edit'],
    ),
    connection.rows(
      `insert into message_extras (mid, conv, seq, sender, event, target, age, age_from, due_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        mid,
        conv,
        seq,
        sender,
        change === undefined ? 0 : eventNumbers[change.event],
        change?.target ?? null,
        age?.seconds ?? 0,
        age === undefined ? 0 : ageNumbers[age.from],
        age?.from === 'sent' ? ts + age.seconds * 1000 : null,
      ],
    ),
  ]);
}

async function change(connection: Connection, { conv, seq, message }: MessageRow): Promise<void> {
  const { change, content, ts } = message;
  if (change === undefined || change.target >= seq) return;
  if (change.event === 'edit') await connection.rows(edit, [conv, change.target, content, ts]);
  else await connection.rows(recall, [conv, change.target]);
}

/** Neither what is gone nor another event. */
const target = `
  where conv = $1 and seq = $2 and content is not null
    and not exists (select 1 from message_extras x where x.mid = messages.mid and x.event > 0)`;

const edit = `
  with edited as (
    update messages set content = $3, state = ${messageStates.extra} ${target} returning mid, conv, seq, sender)
  insert into message_extras (mid, conv, seq, sender, edited_at)
  select mid, conv, seq, sender, $4::int8 from edited
  on conflict (mid) do update set edited_at = excluded.edited_at`;

const recall = `
  with recalled as (
    update messages set content = null, state = ${messageStates.recalled} ${target} returning mid)
  delete from message_extras where mid in (select mid from recalled)`;

async function startAges(
  connection: Connection,
  { conv, uid, notes, delivered, read, now }: Extract<MessageEffect, { kind: 'start ages' }>,
): Promise<void> {
  await connection.rows(
    `update message_extras set due_at = $1 + age * 1000
    where conv = $2 and age > 0 and due_at is null and (sender <> $3 or $4)
      and (age_from = ${ageNumbers.delivered} and seq <= $5 or age_from = ${ageNumbers.read} and seq <= $6)`,
    [now, conv, uid, notes, delivered, read],
  );
}
