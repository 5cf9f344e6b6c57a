import type { ConversationView, DeviceView } from './life.ts';
import type { DeviceModel, Model } from './model.ts';
import type { GroupTruth, MessageTruth, Truth } from './truth.ts';

export interface GroupJudgement {
  /** What somebody has who must not have it. */
  readonly leaked: readonly string[];
  /** What is not there yet, or not right. */
  readonly open: readonly string[];
}

/**
 * Nobody has what was sent while he surely was no member; everybody has, on each device, what was sent while he surely was
 * one, each message once and in order, as it was edited or recalled last before he left for good, whenever he was away; and
 * all devices of a user have the same.
 */
export function judgeGroups(
  model: Model,
  views: ReadonlyMap<string, DeviceView>,
  truth: Truth,
): GroupJudgement {
  const leaked: string[] = [];
  const open: string[] = [];
  for (const group of truth.groups) {
    for (const [name, view] of views) {
      const device = model.devices.get(name);
      if (device === undefined || !view.online) continue;
      const where = `${name}, group ${group.gid}`;
      const conversation = view.conversations.find(({ id }) => id === `g:${group.gid}`);
      const shown = (conversation?.messages ?? []).filter(
        ({ seq, status }) => seq > 0 && status !== 'failed',
      );
      for (const problem of judgeMessages(shown, group, saidBefore(model, group, device.user)))
        open.push(`${where}: ${problem}`);
      const places = new Set(shown.map(({ seq }) => seq));
      for (const message of group.messages) {
        if (message.event !== null) continue;
        const was = membershipAt(model, group.gid, device.user, message);
        if (was === 'member' && !places.has(message.seq)) open.push(`${where}: misses ${message.key}`);
        if (was === 'outsider' && places.has(message.seq)) {
          leaked.push(`${where}: has ${message.key}, which was sent when ${device.user} was no member`);
        }
      }
      const is = shown.map(({ seq }) => seq).join();
      const should = messagesFor(group, device.user).join();
      if (is !== should) open.push(`${where}: shows ${is || 'nothing'} instead of ${should || 'nothing'}`);
      if (conversation !== undefined) open.push(...judgeUnread(model, device, conversation, where));
    }
  }
  return { leaked, open };
}

/** The places of the messages that are for the user; events change them and are not shown. */
function messagesFor({ messages, readable }: GroupTruth, user: string): number[] {
  return (readable[user] ?? []).filter((seq) => messages[seq - 1]?.event === null);
}

/** What the user was when the message was stored. */
function membershipAt(model: Model, gid: number, user: string, { key }: MessageTruth) {
  const send = model.sends.get(key);
  if (send === undefined) return 'unclear';
  const stored = send.acknowledged?.at ?? Number.POSITIVE_INFINITY;
  return model.memberships.during(gid, user, send.keptAt, stored);
}

/**
 * What messages may still say to a user who is not back, by place: they were changed since he has left, of which he is told when
 * he comes back. Whoever fetches them afterwards gets them as they are.
 */
function saidBefore(
  model: Model,
  { gid, messages, readable }: GroupTruth,
  user: string,
): ReadonlyMap<number, readonly (string | null)[]> {
  const now = Number.POSITIVE_INFINITY;
  if (model.memberships.during(gid, user, now, now) === 'member') return new Map();
  const left = readable[user]?.at(-1) ?? 0;
  const said = new Map<number, (string | null)[]>();
  for (const { seq, event, target } of messages) {
    if (event === null || target === null || seq <= left || said.has(target)) continue;
    if (model.memberships.joinedAfter(gid, user, storedBefore(model, messages, seq))) continue;
    const key = messages[target - 1]?.key ?? '';
    const changes = model.changes.filter(
      (change) => change.conversation === `g:${gid}` && (change.target === target || change.target === key),
    );
    said.set(target, [model.sends.get(key)?.text ?? null, ...changes.map(({ text }) => text)]);
  }
  return said;
}

/** By when the entry at a place was surely in the log: something behind it was acknowledged then. */
function storedBefore(model: Model, messages: readonly MessageTruth[], place: number): number {
  const later = messages.filter(({ seq }) => seq > place);
  const times = later.flatMap(({ key }) => model.sends.get(key)?.acknowledged?.at ?? []);
  return Math.min(Number.POSITIVE_INFINITY, ...times);
}

function judgeMessages(
  shown: ConversationView['messages'],
  { messages }: GroupTruth,
  said: ReadonlyMap<number, readonly (string | null)[]>,
): string[] {
  const problems: string[] = [];
  let before = 0;
  for (const { seq, mid, from, key, text, gone } of shown) {
    if (seq <= before) problems.push(`shows ${key} at ${seq} after ${before}`);
    before = seq;
    const stored = messages[seq - 1];
    const is = JSON.stringify({ mid, from, key, text, gone });
    const should = stored && JSON.stringify(shownOf(stored));
    const saysOlder = gone === null && said.get(seq)?.includes(text) === true;
    const older = saysOlder && stored && JSON.stringify({ ...shownOf(stored), text, gone });
    if (is !== should && is !== older)
      problems.push(`shows ${is} at ${seq} instead of ${should ?? 'nothing'}`);
  }
  return problems;
}

function shownOf({ mid, from, key, text, gone }: MessageTruth) {
  return { mid, from, key, text, gone };
}

function judgeUnread(
  model: Model,
  { user }: DeviceModel,
  { id, unread, messages }: ConversationView,
  where: string,
): string[] {
  const { read } = model.progress(user, id);
  const expected = messages.filter(
    ({ seq, from, text }) => seq > read && from !== user && text !== null,
  ).length;
  if (unread === expected) return [];
  const seqs = messages.map(({ seq, status }) => `${seq} ${status}`).join();
  return [`${where}: counts ${unread} unread instead of ${expected}, read up to ${read} of ${seqs}`];
}
