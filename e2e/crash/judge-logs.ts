import type { ChangeModel, Model, SendModel } from './model.ts';
import { type ConversationTruth, type MessageTruth, nameOf, type Truth } from './truth.ts';

/**
 * What is wrong with the logs of the server, given what the devices have sent: all that was acknowledged is there,
 * where the device was told; nothing stands twice; what one device sent stands in the order in which it was sent.
 *
 * @param asOf the time of the model when reading the truth began: what was acknowledged since need not be in it
 */
export function judgeLogs(model: Model, truth: Truth, asOf: number): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  const judge = (
    name: string,
    messages: readonly MessageTruth[],
    judgeEntry: (send: SendModel, entry: MessageTruth) => string[],
    more: readonly string[],
  ): void => {
    const found: string[] = [];
    const newest = new Map<string, number>();
    for (const [index, entry] of messages.entries()) {
      const { seq, key, from, dev, id, event } = entry;
      if (seq !== index + 1) found.push(`place ${seq} follows ${index}`);
      const device = `${from} ${dev}`;
      if (id <= (newest.get(device) ?? 0)) found.push(`${key || event} at ${seq} is out of order`);
      newest.set(device, id);
      if (event !== null) continue;
      const send = model.sends.get(key);
      if (send === undefined) found.push(`nobody has sent ${key}, at ${seq}`);
      else found.push(...judgeEntry(send, entry));
      if (seen.has(key)) found.push(`${key} stands twice, the second time at ${seq}`);
      seen.add(key);
    }
    problems.push(...[...found, ...more].map((what) => `${name}: ${what}`));
  };
  for (const conversation of truth.conversations) {
    const { members, messages } = conversation;
    const isOfThem = (send: SendModel, { from }: MessageTruth): boolean =>
      send.conversation === `u:${members[0] === from ? members[1] : members[0]}`;
    judge(
      nameOf(conversation),
      messages,
      (send, entry) => judgePlace(send, entry, isOfThem(send, entry)),
      judgeEvents(model, conversation),
    );
  }
  for (const { gid, messages } of truth.groups) {
    const judgeEntry = (send: SendModel, entry: MessageTruth) =>
      judgePlace(send, entry, send.conversation === `g:${gid}`);
    judge(`group ${gid}`, messages, judgeEntry, []);
  }
  for (const { key, acknowledged } of model.sends.values()) {
    if (acknowledged !== undefined && acknowledged.at <= asOf && !seen.has(key)) {
      problems.push(`${key} was acknowledged and is lost`);
    }
  }
  return problems;
}

function judgePlace(
  { key, device, conversation, isDropped, isRefused, acknowledged }: SendModel,
  { seq, mid, from }: MessageTruth,
  isItsConversation: boolean,
): string[] {
  const problems: string[] = [];
  const user = device.split('.')[0];
  if (isDropped) problems.push(`${key} was taken back before it was sent, and was sent`);
  if (from !== user) problems.push(`${key} is said to be from ${from}`);
  if (isRefused) problems.push(`${key} was refused, and is there`);
  if (!isItsConversation) problems.push(`${key} was sent to ${conversation}`);
  if (acknowledged !== undefined && (acknowledged.seq !== seq || acknowledged.mid !== mid)) {
    const { seq: place, mid: id } = acknowledged;
    problems.push(`${key} stands at ${seq} (${mid}), acknowledged was ${place} (${id})`);
  }
  return problems;
}

/** Events change a message of the same user that stands before them; what was recalled says nothing. */
function judgeEvents(model: Model, conversation: ConversationTruth): string[] {
  const problems: string[] = [];
  const changes = changesIn(model, conversation);
  const recalled = new Set<string>();
  for (const { seq, from, event, target } of conversation.messages) {
    if (event === null || target === null) continue;
    const changed = conversation.messages[target - 1];
    if (target >= seq || changed?.from !== from || changed.event !== null) {
      problems.push(`the ${event} at ${seq} changes ${target}, which is no message of ${from} before it`);
      continue;
    }
    if (!changes.some(({ key, text }) => key === changed.key && (text === null) === (event === 'recall'))) {
      problems.push(`nobody has made the ${event} of ${changed.key}, at ${seq}`);
    }
    if (event === 'recall') recalled.add(changed.key);
  }
  for (const { key, gone, event } of conversation.messages) {
    if (event === null && recalled.has(key) !== (gone === 'recalled')) {
      problems.push(`${key} is ${gone ?? 'there'}, ${recalled.has(key) ? 'although' : 'but not'} recalled`);
    }
  }
  return problems;
}

/** Whatever a device has kept is in a log, sooner or later, and says what was said last. */
export function judgeOutboxes(model: Model, truth: Truth): string[] {
  const problems: string[] = [];
  const sent = new Set<string>();
  for (const conversation of truth.conversations) {
    const changes = changesIn(model, conversation);
    for (const { key, text, gone, event } of conversation.messages) {
      if (event !== null) continue;
      sent.add(key);
      const own = changes.filter((change) => change.key === key);
      const expected = expectedTexts(model.sends.get(key)?.text ?? null, own);
      if (!expected.includes(text)) {
        const says = `${text ?? 'nothing'} (${gone ?? 'there'})`;
        problems.push(
          `${key} says ${says} instead of ${expected.map((one) => one ?? 'nothing').join(' or ')}, after ` +
            own
              .map(({ device, target, text: to }) => `${device} made ${target} ${to ?? 'nothing'}`)
              .join(', '),
        );
      }
    }
  }
  for (const { messages } of truth.groups) for (const { key } of messages) sent.add(key);
  for (const { key, isDropped, isRefused } of model.sends.values()) {
    if (!isDropped && !isRefused && !sent.has(key)) problems.push(`${key} was never sent`);
  }
  return problems;
}

/** What a message may say in the end: nothing when it was recalled, else the last edit of one of the devices. */
function expectedTexts(sent: string | null, changes: readonly ChangeModel[]): (string | null)[] {
  if (changes.length === 0) return [sent];
  if (changes.some(({ text }) => text === null)) return [null];
  return [...new Map(changes.map(({ device, text }) => [device, text])).values()];
}

/** The changes of messages in a conversation, with the keys of what they change. */
function changesIn(
  model: Model,
  { members, messages }: ConversationTruth,
): (ChangeModel & { key: string })[] {
  const [a, b] = members;
  return model.changes.flatMap((change) => {
    const peer = change.user === a ? b : change.user === b ? a : undefined;
    if (peer === undefined || change.conversation !== `u:${peer}`) return [];
    const { target } = change;
    const key = typeof target === 'string' ? target : messages[target - 1]?.key;
    return key === undefined ? [] : [{ ...change, key }];
  });
}
