import { judgeEvents, judgeTexts, logOfGroup, logOfPair } from './judge-changes.ts';
import type { Model, SendModel } from './model.ts';
import { type MessageTruth, nameOf, type Truth } from './truth.ts';

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
      judgeEvents(model, logOfPair(conversation)),
    );
  }
  for (const group of truth.groups) {
    const { gid, messages } = group;
    const judgeEntry = (send: SendModel, entry: MessageTruth) =>
      judgePlace(send, entry, send.conversation === `g:${gid}`);
    judge(`group ${gid}`, messages, judgeEntry, judgeEvents(model, logOfGroup(group)));
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

/** Whatever a device has kept is in a log, sooner or later, and says what was said last. */
export function judgeOutboxes(model: Model, truth: Truth): string[] {
  const problems: string[] = [];
  const sent = new Set<string>();
  for (const log of [...truth.conversations.map(logOfPair), ...truth.groups.map(logOfGroup)]) {
    problems.push(...judgeTexts(model, log));
    for (const { key } of log.messages) sent.add(key);
  }
  for (const { key, isDropped, isRefused } of model.sends.values()) {
    if (!isDropped && !isRefused && !sent.has(key)) problems.push(`${key} was never sent`);
  }
  return problems;
}
