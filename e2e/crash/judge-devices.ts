import type { ConversationView, DeviceView } from './life.ts';
import type { ConversationModel, DeviceModel, Model } from './model.ts';
import { type ConversationTruth, type MessageTruth, nameOf, type Truth } from './truth.ts';

/** Cursors: as far as devices have stored and users have read, and no further. */
export function judgeCursors(model: Model, truth: Truth): string[] {
  const problems: string[] = [];
  for (const { members, messages, cursors } of truth.conversations) {
    if (members[0] === members[1]) continue;
    for (const [user, peer] of [members, [members[1], members[0]] as const]) {
      const name = `${user} with ${peer}`;
      const { delivered, read, seen } = cursors[user] ?? { delivered: 0, read: 0, seen: 0 };
      const fromPeer = messages.findLast(({ from }) => from === peer)?.seq ?? 0;
      if (delivered < fromPeer || delivered > messages.length) {
        problems.push(`${name}: delivered is ${delivered}, and should be ${fromPeer} at the least`);
      }
      const progress = model.progress(user, `u:${peer}`);
      if (read !== progress.readWithReceipt) {
        problems.push(`${name}: read is ${read}, and should be ${progress.readWithReceipt}`);
      }
      if (seen !== progress.read) problems.push(`${name}: seen is ${seen}, and should be ${progress.read}`);
    }
  }
  return problems;
}

/** A device shows what the log holds, each message with its right status, and has announced each once. */
export function judgeDevice(device: DeviceModel, view: DeviceView, truth: Truth): string[] {
  if (!view.online) return [`${device.name} is not online`];
  const problems: string[] = [];
  for (const conversation of truth.conversations) {
    const { members } = conversation;
    if (!members.includes(device.user) || messagesIn(conversation).length === 0) continue;
    const peer = members[0] === device.user ? members[1] : members[0];
    const shown = view.conversations.find(({ id }) => id === `u:${peer}`);
    const known = device.conversations.get(`u:${peer}`);
    const found =
      shown === undefined || known === undefined
        ? ['is not there']
        : [
            ...judgeView(shown, conversation, device.user, peer),
            ...judgeAnnounced(known, device.name, conversation),
          ];
    problems.push(...found.map((what) => `${device.name}, ${nameOf(conversation)}: ${what}`));
  }
  return problems;
}

function judgeView(shown: ConversationView, truth: ConversationTruth, user: string, peer: string): string[] {
  const problems: string[] = [];
  const [own, others] = [truth.cursors[user], user === peer ? undefined : truth.cursors[peer]];
  const { delivered = 0, read = 0 } = others ?? {};
  const expected = messagesIn(truth).map(({ seq, mid, from, key, text, gone }) => {
    const incoming = seq <= (own?.seen ?? 0) ? 'seen' : 'unread';
    const outgoing = seq <= read ? 'read' : seq <= delivered ? 'delivered' : 'sent';
    const status = from === user ? outgoing : incoming;
    return JSON.stringify({ seq, mid, from, key, text, gone, status });
  });
  const found = shown.messages.map((message) => JSON.stringify(message));
  for (let place = 0; place < Math.max(expected.length, found.length); place++) {
    const [is, should] = [found[place], expected[place]];
    if (is === should) continue;
    problems.push(`shows ${is ?? 'nothing'} instead of ${should ?? 'nothing'} (${found.length} in all)`);
    break;
  }
  const unread = messagesIn(truth).filter(
    ({ seq, from, text }) => from !== user && text !== null && seq > (own?.seen ?? 0),
  ).length;
  if (shown.unread !== unread) problems.push(`counts ${shown.unread} unread instead of ${unread}`);
  if (shown.peerDelivered !== delivered || shown.peerRead !== read) {
    const is = `${shown.peerDelivered} delivered, ${shown.peerRead} read`;
    problems.push(`knows of ${is} instead of ${delivered} and ${read}`);
  }
  return problems;
}

function judgeAnnounced(known: ConversationModel, device: string, truth: ConversationTruth): string[] {
  const problems: string[] = [];
  const announced = new Map(known.announced.map((one) => [one.seq, one]));
  for (const { seq, mid, key, gone } of messagesIn(truth)) {
    const isOwn = key.startsWith(`${device}#`);
    const found = announced.get(seq);
    if (found !== undefined) {
      if (isOwn) problems.push(`announced its own ${key} as one of others`);
      if (found.mid !== mid || found.key !== key) {
        problems.push(`announced ${found.key} (${found.mid}) at ${seq} instead of ${key} (${mid})`);
      }
      continue;
    }
    const isExcused = known.excused.some(({ after, upTo }) => after < seq && seq <= upTo);
    // What was gone when it came is not announced.
    if (!isOwn && !isExcused && gone === null) problems.push(`has not announced ${key}, at ${seq}`);
  }
  return problems;
}

/** Without the events. */
function messagesIn({ messages }: ConversationTruth): MessageTruth[] {
  return messages.filter(({ event }) => event === null);
}
