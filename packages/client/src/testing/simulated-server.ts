import { type ClientFrame, type MessageFrame, msgpackCodec, type ServerFrame } from '@stoa/protocol';
import { parseClientFrame } from '@stoa/protocol/validate';
import type { OpenWebSocket } from '../connection/index.ts';
import { MemorySocket } from './memory-socket.ts';
import { startOfTime } from './scripted-server.ts';

interface Conversation {
  readonly conv: number;
  readonly peer: string;
  readonly log: MessageFrame[];
  /** How far the device has acknowledged. */
  received: number;
  /** How far the peer has received. */
  delivered: number;
  /** When something last changed in it. */
  changedAt: number;
}

const own = { address: 'alice', dev: 7 };

/**
 * The server's side of the protocol as docs/protocol.md has it, with one user and one device, over a network on which
 * nothing happens before the test says so: frames wait on both ways, and can be lost, repeated and swapped.
 */
export class SimulatedServer {
  readonly conversations: readonly Conversation[];
  readonly #accepted = new Map<number, { conversation: Conversation; message: MessageFrame }>();
  #socket: MemorySocket | undefined;
  #uplink: ClientFrame[] = [];
  #downlink: ServerFrame[] = [];
  /** Counts changes: what the protocol calls a position. */
  #position = 0;

  constructor(peers: readonly string[]) {
    this.conversations = peers.map((peer, index) => ({
      conv: index + 1,
      peer,
      log: [],
      received: 0,
      delivered: 0,
      changedAt: 0,
    }));
  }

  readonly openWebSocket: OpenWebSocket = () => {
    this.#uplink = [];
    this.#downlink = [];
    const socket = new MemorySocket((data) => {
      if (this.#socket !== socket) return;
      for (const value of msgpackCodec.decode(data)) this.#uplink.push(parseClientFrame(value));
    });
    this.#socket = socket;
    queueMicrotask(() => socket.open());
    return socket;
  };

  /** Frames that wait on either way. */
  get waiting(): number {
    return this.#uplink.length + this.#downlink.length;
  }

  /** Somebody sends a message: the peer, or the user from another device. The live frame may be lost on its way. */
  append(which: number, from: 'peer' | 'self', isLost: boolean): void {
    const conversation = this.#conversation(which);
    const message = this.#store(conversation, {
      from: from === 'peer' ? conversation.peer : own.address,
      to: from === 'peer' ? own.address : conversation.peer,
      dev: 9,
      id: conversation.log.length + 1,
      text: `${from} ${conversation.log.length + 1}`,
    });
    if (!isLost) this.#downlink.push(message);
  }

  /** The peer receives everything that there is. */
  receive(which: number): void {
    const conversation = this.#conversation(which);
    const { conv, peer, log, delivered } = conversation;
    if (delivered === log.length) return;
    conversation.delivered = log.length;
    conversation.changedAt = ++this.#position;
    this.#downlink.push({ t: 'receipt', conv, user: peer, delivered: log.length, ts: startOfTime });
  }

  /** The server takes frames of the client. */
  process(count: number): void {
    for (const frame of this.#uplink.splice(0, count)) this.#take(frame);
  }

  /** Frames reach the client. */
  deliver(count: number): void {
    for (const frame of this.#downlink.splice(0, count)) this.#socket?.deliver(frame);
  }

  /** An old message comes once more. */
  repeat(which: number, place: number): void {
    const { log } = this.#conversation(which);
    const message = log[place % Math.max(1, log.length)];
    if (message !== undefined) this.#downlink.push(message);
  }

  /** Two messages overtake each other. */
  swap(place: number): void {
    const [one, two] = this.#downlink.slice(place, place + 2);
    if (one?.t === 'message' && two?.t === 'message') this.#downlink.splice(place, 2, two, one);
  }

  /** The connection breaks, and with it everything that is on its way. */
  cut(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#uplink = [];
    this.#downlink = [];
    socket?.cut();
  }

  #conversation(which: number): Conversation {
    const conversation = this.conversations[which % this.conversations.length];
    if (conversation === undefined) throw new Error('no conversations');
    return conversation;
  }

  #store(
    conversation: Conversation,
    { text, ...parts }: { from: string; to: string; dev: number; id: number; text: string },
  ): MessageFrame {
    const { conv, log } = conversation;
    const seq = log.length + 1;
    const message: MessageFrame = {
      t: 'message',
      conv,
      seq,
      mid: conv * 10_000 + seq,
      ts: startOfTime,
      type: 0,
      flags: 3,
      localId: 0,
      content: { text },
      ...parts,
    };
    log.push(message);
    conversation.changedAt = ++this.#position;
    return message;
  }

  #take(frame: ClientFrame): void {
    switch (frame.t) {
      case 'hello':
        this.#catchUp(frame.position ?? 0);
        return;
      case 'received': {
        const conversation = this.conversations[frame.conv - 1];
        if (conversation !== undefined) conversation.received = Math.max(conversation.received, frame.seq);
        return;
      }
      case 'ping':
        this.#downlink.push({ t: 'pong' });
        return;
      case 'history': {
        const { conv, log } = this.conversations.find(({ peer }) => peer === frame.peer) ?? {
          conv: 0,
          log: [],
        };
        const newer = log.slice(frame.after ?? 0);
        const messages = newer.slice(0, frame.limit);
        const more = newer.length > messages.length;
        this.#downlink.push({ t: 'page', id: frame.id, conv, messages, more });
        return;
      }
      case 'send': {
        const known = this.#accepted.get(frame.id);
        const conversation = this.conversations.find(({ peer }) => peer === frame.peer);
        if (conversation === undefined) throw new Error(`a message to ${frame.peer}`);
        const message =
          known?.message ??
          this.#store(conversation, {
            from: own.address,
            to: conversation.peer,
            dev: own.dev,
            id: frame.id,
            text: frame.content.text ?? '',
          });
        this.#accepted.set(frame.id, { conversation, message });
        const { conv, seq, mid, ts } = message;
        this.#downlink.push({ t: 'sent', id: frame.id, conv, seq, mid, ts });
        return;
      }
    }
  }

  /** Welcome, and what the device has not acknowledged of the conversations that changed since its position. */
  #catchUp(position: number): void {
    this.#downlink.push({
      t: 'welcome',
      v: 1,
      uid: 1,
      ...own,
      name: 'Alice',
      time: startOfTime,
      silence: 9_000,
    });
    for (const { conv, peer, log, received, delivered, changedAt } of this.conversations) {
      if (changedAt <= position) continue;
      this.#downlink.push({
        t: 'conversation',
        conv,
        peer,
        name: peer,
        last: log.length,
        from: received,
        read: 0,
        peerCursor: { delivered, deliveredAt: startOfTime, read: 0, readAt: 0 },
      });
      this.#downlink.push(...log.slice(received));
    }
    this.#downlink.push({ t: 'synced', position: this.#position });
  }
}
