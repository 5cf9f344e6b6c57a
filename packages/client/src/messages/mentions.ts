import type { ConversationRecord, MessageRecord } from '../store/index.ts';

/** Whether a message of somebody else calls upon the user, by himself or with everybody. */
export function mentions({ outgoing, content }: MessageRecord, self: string): boolean {
  if (outgoing) return false;
  return content?.mentions?.some(({ user, all }) => all === true || user === self) === true;
}

/** The conversation once a message is known that mentions the user. */
export function withMention(record: ConversationRecord, seq: number): ConversationRecord {
  const { mentioned = [], read } = record;
  if (seq <= read || mentioned.includes(seq)) return record;
  const unread = mentioned.filter((place) => place > read);
  return { ...record, mentioned: [...unread, seq].sort((a, b) => a - b).slice(-kept) };
}

/** Without a message that is gone. */
export function withoutMention(record: ConversationRecord, seq: number): ConversationRecord {
  const { mentioned = [] } = record;
  if (!mentioned.includes(seq)) return record;
  return { ...record, mentioned: mentioned.filter((place) => place !== seq) };
}

/** More of them are not counted. */
const kept = 100;
