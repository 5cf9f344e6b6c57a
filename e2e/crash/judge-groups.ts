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
 * one, each message once and in order, and all devices of a user have the same.
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
      for (const problem of judgeMessages(shown, group)) open.push(`${where}: ${problem}`);
      const places = new Set(shown.map(({ seq }) => seq));
      for (const message of group.messages) {
        const was = membershipAt(model, group.gid, device.user, message);
        if (was === 'member' && !places.has(message.seq)) open.push(`${where}: misses ${message.key}`);
        if (was === 'outsider' && places.has(message.seq)) {
          leaked.push(`${where}: has ${message.key}, which was sent when ${device.user} was no member`);
        }
      }
      const is = shown.map(({ seq }) => seq).join();
      const should = (group.readable[device.user] ?? []).join();
      if (is !== should) open.push(`${where}: shows ${is || 'nothing'} instead of ${should || 'nothing'}`);
      if (conversation !== undefined) open.push(...judgeUnread(model, device, conversation, where));
    }
  }
  return { leaked, open };
}

/** What the user was when the message was stored. */
function membershipAt(model: Model, gid: number, user: string, { key }: MessageTruth) {
  const send = model.sends.get(key);
  if (send === undefined) return 'unclear';
  const stored = send.acknowledged?.at ?? Number.POSITIVE_INFINITY;
  return model.memberships.during(gid, user, send.keptAt, stored);
}

function judgeMessages(shown: ConversationView['messages'], { messages }: GroupTruth): string[] {
  const problems: string[] = [];
  let before = 0;
  for (const { seq, mid, from, key, text } of shown) {
    if (seq <= before) problems.push(`shows ${key} at ${seq} after ${before}`);
    before = seq;
    const stored = messages[seq - 1];
    const is = JSON.stringify({ mid, from, key, text });
    const should =
      stored && JSON.stringify({ mid: stored.mid, from: stored.from, key: stored.key, text: stored.text });
    if (is !== should) problems.push(`shows ${is} at ${seq} instead of ${should ?? 'nothing'}`);
  }
  return problems;
}

function judgeUnread(
  model: Model,
  { user }: DeviceModel,
  { id, unread, messages }: ConversationView,
  where: string,
): string[] {
  const { read } = model.progress(user, id);
  const expected = messages.filter(({ seq, from }) => seq > read && from !== user).length;
  if (unread === expected) return [];
  const seqs = messages.map(({ seq, status }) => `${seq} ${status}`).join();
  return [`${where}: counts ${unread} unread instead of ${expected}, read up to ${read} of ${seqs}`];
}
