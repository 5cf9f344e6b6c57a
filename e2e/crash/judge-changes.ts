import type { ConversationId } from '@stoa/client';
import type { ChangeModel, Model } from './model.ts';
import type { ConversationTruth, GroupTruth, MessageTruth } from './truth.ts';

/** A log in which messages are changed, and what its users call it: undefined for who has no part in it. */
export interface ChangedLog {
  readonly messages: readonly MessageTruth[];
  /** Of a group. */
  readonly gid?: number;
  idFor(user: string): ConversationId | undefined;
}

export function logOfPair({ members: [a, b], messages }: ConversationTruth): ChangedLog {
  const idFor = (user: string): ConversationId | undefined =>
    user === a ? `u:${b}` : user === b ? `u:${a}` : undefined;
  return { messages, idFor };
}

export function logOfGroup({ gid, messages }: GroupTruth): ChangedLog {
  return { messages, gid, idFor: () => `g:${gid}` };
}

/** A change, and the message that it is of. */
interface ChangeOf extends ChangeModel {
  readonly key: string;
  /** The server cannot have refused it: the user has been a member of the group ever since. */
  readonly isCertain: boolean;
}

/** Events change a message of the same user that stands before them; what was recalled says nothing. */
export function judgeEvents(model: Model, log: ChangedLog): string[] {
  const problems: string[] = [];
  const changes = changesIn(model, log);
  const recalled = new Set<string>();
  for (const { seq, from, event, target } of log.messages) {
    if (event === null || target === null) continue;
    const changed = log.messages[target - 1];
    if (target >= seq || changed?.from !== from || changed.event !== null) {
      problems.push(`the ${event} at ${seq} changes ${target}, which is no message of ${from} before it`);
      continue;
    }
    if (!changes.some(({ key, text }) => key === changed.key && (text === null) === (event === 'recall'))) {
      problems.push(`nobody has made the ${event} of ${changed.key}, at ${seq}`);
    }
    if (event === 'recall') recalled.add(changed.key);
  }
  for (const { key, gone, event } of log.messages) {
    if (event === null && recalled.has(key) !== (gone === 'recalled')) {
      problems.push(`${key} is ${gone ?? 'there'}, ${recalled.has(key) ? 'although' : 'but not'} recalled`);
    }
  }
  return problems;
}

/** Each message says what was said last. */
export function judgeTexts(model: Model, log: ChangedLog): string[] {
  const problems: string[] = [];
  const changes = changesIn(model, log);
  for (const { seq, key, text, gone, event } of log.messages) {
    if (event !== null) continue;
    const own = changes.filter((change) => change.key === key);
    const isEdited = log.messages.some((entry) => entry.event === 'edit' && entry.target === seq);
    const expected = expectedTexts(model.sends.get(key)?.text ?? null, own, isEdited);
    if (expected.includes(text)) continue;
    const says = `${text ?? 'nothing'} (${gone ?? 'there'})`;
    problems.push(
      `${key} says ${says} instead of ${expected.map((one) => one ?? 'nothing').join(' or ')}, after ` +
        own.map(({ device, target, text: to }) => `${device} made ${target} ${to ?? 'nothing'}`).join(', '),
    );
  }
  return problems;
}

/**
 * What a message may say in the end: nothing when it was recalled, else the last edit of one of the devices. Changes by who
 * left the group, or was no member, may have been refused, each by itself.
 */
function expectedTexts(
  sent: string | null,
  changes: readonly ChangeOf[],
  isEdited: boolean,
): (string | null)[] {
  if (changes.some(({ text, isCertain }) => text === null && isCertain)) return [null];
  const certain = new Map<string, string | null>();
  const possible: (string | null)[] = [];
  for (const { device, text, isCertain } of changes) {
    if (isCertain) certain.set(device, text);
    else possible.push(text);
  }
  if (!isEdited && certain.size === 0) possible.push(sent);
  return [...certain.values(), ...possible];
}

/** The changes of messages of the log. */
function changesIn(model: Model, log: ChangedLog): ChangeOf[] {
  return model.changes.flatMap((change) => {
    const { user, conversation, target, keptAt } = change;
    if (conversation !== log.idFor(user)) return [];
    const key = typeof target === 'string' ? target : log.messages[target - 1]?.key;
    if (key === undefined) return [];
    const was =
      log.gid === undefined ? 'member' : model.memberships.during(log.gid, user, keptAt, model.time);
    return [{ ...change, key, isCertain: was === 'member' }];
  });
}
