import type { ConversationForDevice, CursorAdvance, CursorMoves, MemberCursors } from '../store.ts';

/** The simplest thing that does what a store promises of messages, cursors and devices: the measure of the real ones. */
export class LogModel {
  readonly conversations = new Map<string, ModelConversation>();
  readonly #sends = new Map<string, ModelMessage>();
  readonly #positions = new Map<number, number | undefined>();

  append(send: { a: number; b: number; sender: number; dev: number; id: number | null; ts: number }): {
    seq: number;
    ts: number;
    duplicate: boolean;
  } {
    const key = `${send.sender}:${send.dev}:${send.id}`;
    const first = send.id === null ? undefined : this.#sends.get(key);
    if (first !== undefined) return { ...first, duplicate: true };
    const conversation = this.#conversation(send.a, send.b);
    const message = { seq: conversation.messages.length + 1, ts: send.ts };
    conversation.messages.push({ ...message, sender: send.sender });
    if (send.id !== null) this.#sends.set(key, message);
    return { ...message, duplicate: false };
  }

  advance(name: string, { uid, dev, kind, seq, now }: Omit<CursorAdvance, 'conv'>): CursorMoves {
    const conversation = this.conversations.get(name);
    const member = conversation?.members.get(uid);
    if (conversation === undefined || member === undefined) return {};
    const place = Math.min(seq, conversation.messages.length);
    if (kind === 'received') {
      conversation.received.set(dev, Math.max(place, conversation.received.get(dev) ?? 0));
    }
    const moves: { delivered?: number; seen?: number; read?: number } = {};
    if (place > member.delivered) {
      moves.delivered = member.delivered = place;
      member.deliveredAt = now;
      conversation.advances.push({ uid, kind: 'delivered', seq: place, ts: now });
    }
    if (kind !== 'received' && place > member.seen) moves.seen = member.seen = place;
    if (kind === 'read' && place > member.read) {
      moves.read = member.read = place;
      member.readAt = now;
      conversation.advances.push({ uid, kind: 'read', seq: place, ts: now });
    }
    return moves;
  }

  openDevice(dev: number, position: number | undefined): void {
    const before = this.#positions.get(dev);
    if (before !== undefined && (position === undefined || position < before)) {
      for (const conversation of this.conversations.values()) conversation.received.delete(dev);
    }
    this.#positions.set(dev, position);
  }

  /** What the device of a member should know of the conversation; ids aside, which the store gives. */
  forDevice(name: string, uid: number, dev: number): Omit<ConversationForDevice, 'conv' | 'key'> | undefined {
    const conversation = this.conversations.get(name);
    const own = conversation?.members.get(uid);
    if (conversation === undefined || own === undefined) return undefined;
    const peer = [...conversation.members.values()].find((member) => member.uid !== uid) ?? null;
    return {
      last: conversation.messages.length,
      lastAt: conversation.messages.at(-1)?.ts ?? 0,
      received: conversation.received.get(dev) ?? null,
      own: { ...own },
      peer: peer && { ...peer },
    };
  }

  times(name: string, uid: number, seq: number): { deliveredAt: number | null; readAt: number | null } {
    const advances = this.conversations.get(name)?.advances ?? [];
    const first = (kind: 'delivered' | 'read') =>
      advances.find((advance) => advance.uid === uid && advance.kind === kind && advance.seq >= seq)?.ts ??
      null;
    return { deliveredAt: first('delivered'), readAt: first('read') };
  }

  #conversation(a: number, b: number): ModelConversation {
    const name = conversationName(a, b);
    let conversation = this.conversations.get(name);
    if (conversation === undefined) {
      const members = new Map([a, b].map((uid) => [uid, { uid, ...atTheStart }]));
      conversation = { messages: [], members, received: new Map(), advances: [] };
      this.conversations.set(name, conversation);
    }
    return conversation;
  }
}

export const conversationName = (a: number, b: number): string => [a, b].sort((x, y) => x - y).join(':');

interface ModelMessage {
  readonly seq: number;
  readonly ts: number;
}

interface ModelConversation {
  readonly messages: (ModelMessage & { readonly sender: number })[];
  readonly members: Map<number, { -readonly [Field in keyof MemberCursors]: MemberCursors[Field] }>;
  readonly received: Map<number, number>;
  /** In the order in which they were made. */
  readonly advances: { uid: number; kind: 'delivered' | 'read'; seq: number; ts: number }[];
}

const atTheStart = { delivered: 0, deliveredAt: 0, read: 0, readAt: 0, seen: 0 };
