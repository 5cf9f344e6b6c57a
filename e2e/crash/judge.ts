import type { ConversationView, DeviceView } from './life.ts';
import type { ConversationModel, DeviceModel, Model, SendModel } from './model.ts';
import type { ConversationTruth, Truth } from './truth.ts';

/**
 * What is wrong with the logs of the server, given what the devices have sent: all that was acknowledged is there,
 * where the device was told; nothing stands twice; what one device sent stands in the order in which it was sent.
 *
 * @param asOf the time of the model when reading the truth began: what was acknowledged since need not be in it
 */
export function judgeLogs(model: Model, truth: Truth, asOf: number): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const conversation of truth.conversations) {
    const name = nameOf(conversation);
    const newest = new Map<string, number>();
    for (const [index, { seq, mid, text, from }] of conversation.messages.entries()) {
      const send = model.sends.get(text);
      if (seq !== index + 1) problems.push(`${name}: place ${seq} follows ${index}`);
      if (send === undefined) problems.push(`${name}: nobody has sent ${text}, at ${seq}`);
      if (seen.has(text)) problems.push(`${name}: ${text} stands twice, the second time at ${seq}`);
      seen.add(text);
      if (send === undefined) continue;
      problems.push(...judgePlace(send, conversation, { seq, mid, from }).map((what) => `${name}: ${what}`));
      const number = Number(text.split('#')[1]);
      if (number <= (newest.get(send.device) ?? 0)) problems.push(`${name}: ${text} is out of order`);
      newest.set(send.device, number);
    }
  }
  for (const { text, acknowledged } of model.sends.values()) {
    if (acknowledged !== undefined && acknowledged.at <= asOf && !seen.has(text))
      problems.push(`${text} was acknowledged and is lost`);
  }
  return problems;
}

/** Whatever a device has kept is in a log, sooner or later. */
export function judgeOutboxes(model: Model, truth: Truth): string[] {
  const sent = new Set(truth.conversations.flatMap(({ messages }) => messages.map(({ text }) => text)));
  return [...model.sends.keys()].filter((text) => !sent.has(text)).map((text) => `${text} was never sent`);
}

function judgePlace(
  { text, device, conversation, acknowledged }: SendModel,
  { members }: ConversationTruth,
  { seq, mid, from }: { seq: number; mid: number; from: string },
): string[] {
  const problems: string[] = [];
  const user = device.split('.')[0];
  const [a, b] = members;
  if (from !== user) problems.push(`${text} is said to be from ${from}`);
  if (conversation !== `u:${a === user ? b : a}`) problems.push(`${text} was sent to ${conversation}`);
  if (acknowledged !== undefined && (acknowledged.seq !== seq || acknowledged.mid !== mid)) {
    const { seq: place, mid: id } = acknowledged;
    problems.push(`${text} stands at ${seq} (${mid}), acknowledged was ${place} (${id})`);
  }
  return problems;
}

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
      const progress = model.progress(user, peer);
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
    if (!members.includes(device.user) || conversation.messages.length === 0) continue;
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
  const expected = truth.messages.map(({ seq, mid, from, text }) => {
    const incoming = seq <= (own?.seen ?? 0) ? 'seen' : 'unread';
    const outgoing = seq <= read ? 'read' : seq <= delivered ? 'delivered' : 'sent';
    return JSON.stringify({ seq, mid, from, text, status: from === user ? outgoing : incoming });
  });
  const found = shown.messages.map((message) => JSON.stringify(message));
  for (let place = 0; place < Math.max(expected.length, found.length); place++) {
    const [is, should] = [found[place], expected[place]];
    if (is === should) continue;
    problems.push(`shows ${is ?? 'nothing'} instead of ${should ?? 'nothing'} (${found.length} in all)`);
    break;
  }
  const unread = truth.messages.filter(({ seq, from }) => from !== user && seq > (own?.seen ?? 0)).length;
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
  for (const { seq, mid, text } of truth.messages) {
    const isOwn = text.startsWith(`${device}#`);
    const found = announced.get(seq);
    if (found !== undefined) {
      if (isOwn) problems.push(`announced its own ${text} as one of others`);
      if (found.mid !== mid || found.text !== text) {
        problems.push(`announced ${found.text} (${found.mid}) at ${seq} instead of ${text} (${mid})`);
      }
      continue;
    }
    const isExcused = known.excused.some(({ after, upTo }) => after < seq && seq <= upTo);
    if (!isOwn && !isExcused) problems.push(`has not announced ${text}, at ${seq}`);
  }
  return problems;
}

function nameOf({ members: [a, b] }: ConversationTruth): string {
  return `${a} and ${b}`;
}
