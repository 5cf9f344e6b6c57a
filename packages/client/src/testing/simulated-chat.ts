import {
  type ClientFrame,
  type MessageFrame,
  msgpackCodec,
  type RequestFrame,
  type SendFrame,
  type ServerFrame,
} from '@stoa/protocol';
import { parseClientFrame } from '@stoa/protocol/validate';
import type { OpenWebSocket } from '../connection/index.ts';
import { MemorySocket } from './memory-socket.ts';
import { startOfTime } from './scripted-server.ts';
import { isMarkEvent, SimulatedMarks } from './simulated-marks.ts';

const conv = 1;
/** A device that is new is streamed only so many of the last messages. */
const streamedToNew = 3;

interface Cursor {
  delivered: number;
  read: number;
}

/** One device's connection to the simulated server: frames wait on both ways until the test moves them. */
export class SimulatedDevice {
  readonly user: string;
  readonly dev: number;
  /** Acknowledged; undefined for a device that was never here. */
  received: number | undefined;
  /** Streamed on this connection; undefined before `hello`. */
  streamed: number | undefined;
  readonly answers = new Map<number, MessageFrame>();
  readonly #take: (frame: ClientFrame, device: SimulatedDevice) => void;
  #socket: MemorySocket | undefined;
  #up: ClientFrame[] = [];
  #down: ServerFrame[] = [];
  #late: ServerFrame[] = [];

  readonly #stream: (device: SimulatedDevice) => void;

  constructor(
    user: string,
    dev: number,
    server: {
      take: (frame: ClientFrame, device: SimulatedDevice) => void;
      stream: (device: SimulatedDevice) => void;
    },
  ) {
    this.user = user;
    this.dev = dev;
    this.#take = server.take;
    this.#stream = server.stream;
  }

  readonly openWebSocket: OpenWebSocket = () => {
    this.#forget();
    const socket = new MemorySocket((data) => {
      if (this.#socket !== socket) return;
      for (const value of msgpackCodec.decode(data)) this.#up.push(parseClientFrame(value));
    });
    this.#socket = socket;
    queueMicrotask(() => socket.open());
    return socket;
  };

  get waiting(): number {
    return this.#up.length + this.#down.length + this.#late.length;
  }

  push(...frames: ServerFrame[]): void {
    if (this.streamed !== undefined) this.#down.push(...structuredClone(frames));
  }

  /** What another node tells this one comes late. */
  pushLate(...frames: ServerFrame[]): void {
    if (this.streamed !== undefined) this.#late.push(...structuredClone(frames));
  }

  process(count: number): void {
    for (const frame of this.#up.splice(0, count)) this.#take(frame, this);
  }

  /** Frames reach the device, answers before what others have done. */
  deliver(count: number): void {
    this.#down.push(...this.#late);
    this.#late = [];
    this.#stream(this);
    for (const frame of this.#down.splice(0, count)) this.#socket?.deliver(frame);
  }

  /** The connection breaks, and with it everything that is on its way. */
  cut(): void {
    const socket = this.#socket;
    this.#forget();
    socket?.cut();
  }

  #forget(): void {
    this.#socket = undefined;
    this.#up = [];
    this.#down = [];
    this.#late = [];
    this.streamed = undefined;
  }
}

/**
 * The server's side of docs/protocol.md for one conversation of two users with any number of devices: events, shared
 * values, receipts, catching up and history. Everything happens when the test says so.
 */
export class SimulatedChat {
  readonly log: MessageFrame[] = [];
  readonly devices: SimulatedDevice[] = [];
  readonly marks = new SimulatedMarks();
  readonly #users: readonly [string, string];
  readonly #cursors = new Map<string, Cursor>();
  readonly #values = new Map<string, { key: string; value: unknown; position: number }>();
  #position = 1;
  #changedAt = 0;

  constructor(users: readonly [string, string]) {
    this.#users = users;
    for (const user of users) this.#cursors.set(user, { delivered: 0, read: 0 });
  }

  device(user: string): SimulatedDevice {
    const device = new SimulatedDevice(user, this.devices.length + 1, {
      take: (frame, from) => this.#take(frame, from),
      stream: (to) => this.#stream(to),
    });
    this.devices.push(device);
    return device;
  }

  cursor(user: string): Cursor {
    return this.#cursors.get(user) ?? { delivered: 0, read: 0 };
  }

  value(user: string, key: string): unknown {
    return this.#values.get(`${user} ${key}`)?.value;
  }

  #take(frame: ClientFrame, device: SimulatedDevice): void {
    switch (frame.t) {
      case 'hello':
        this.#hello(device, frame.position ?? 0);
        return;
      case 'ping':
        device.push({ t: 'pong' });
        return;
      case 'send':
        this.#send(device, frame);
        return;
      case 'received':
        device.received = Math.max(device.received ?? 0, frame.seq);
        this.#move(device, { delivered: frame.seq });
        return;
      case 'read':
        this.#move(device, { delivered: frame.seq, read: frame.seq });
        return;
      case 'history': {
        const before = frame.before ?? this.log.length + 1;
        const stretch =
          frame.after === undefined
            ? this.log.slice(Math.max(0, before - 1 - frame.limit), before - 1)
            : this.log.slice(frame.after, frame.after + frame.limit);
        const more = frame.after === undefined ? before - 1 > frame.limit : false;
        const messages = this.marks.read(stretch);
        device.push({ t: 'page', id: frame.id, conv: this.log.length === 0 ? 0 : conv, messages, more });
        return;
      }
      case 'request':
        this.#setValues(device, frame);
    }
  }

  #hello(device: SimulatedDevice, position: number): void {
    const from = device.received ?? Math.max(0, this.log.length - streamedToNew);
    device.streamed = from;
    device.push({
      t: 'welcome',
      v: 1,
      uid: this.#users.indexOf(device.user) + 1,
      address: device.user,
      name: device.user,
      dev: device.dev,
      time: startOfTime,
      silence: 9_000,
    });
    for (const [owner, { key, value, position: at }] of this.#values) {
      if (owner.startsWith(`${device.user} `) && at > position) device.push(stateOf(key, value, at));
    }
    if (this.log.length > 0 && this.#changedAt > position) {
      const { delivered, read } = this.cursor(this.#other(device.user));
      device.push({
        t: 'conversation',
        conv,
        peer: this.#other(device.user),
        name: '',
        last: this.log.length,
        from,
        read: this.cursor(device.user).read,
        peerCursor: { delivered, deliveredAt: startOfTime, read, readAt: startOfTime },
      });
    }
    this.#stream(device);
    device.push({ t: 'synced', position: this.#position });
  }

  #stream(device: SimulatedDevice): void {
    if (device.streamed === undefined) return;
    const stretch = this.log.slice(device.streamed);
    // A single event goes out as it came; more than that is read from the log.
    device.push(...(stretch.length === 1 ? stretch : this.marks.read(stretch)));
    device.streamed = this.log.length;
  }

  #send(device: SimulatedDevice, frame: SendFrame): void {
    const known = device.answers.get(frame.id);
    const message = known ?? this.#append(device, frame);
    const { id, seq, mid, ts } = message;
    // Where the answer has its place in the order, it stands for the message.
    if (known === undefined && device.streamed === seq - 1) device.streamed = seq;
    device.push({ t: 'sent', id, conv, seq, mid, ts });
  }

  #append(device: SimulatedDevice, { id, content, event, target }: SendFrame): MessageFrame {
    const seq = this.log.length + 1;
    const message: MessageFrame = {
      t: 'message',
      conv,
      seq,
      mid: 1_000 + seq,
      from: device.user,
      to: this.#other(device.user),
      ts: startOfTime + seq,
      type: 0,
      flags: 3,
      localId: 0,
      dev: device.dev,
      id,
      content,
      ...(event === undefined || target === undefined ? {} : { event, target }),
    };
    this.log.push(message);
    device.answers.set(id, message);
    this.#changedAt = ++this.#position;
    if (event !== undefined && target !== undefined) this.#change(message, target);
    return message;
  }

  /** What a change does to the log itself. */
  #change(event: MessageFrame, target: number): void {
    const message = this.log[target - 1];
    if (message === undefined) return;
    if (isMarkEvent(event.event)) {
      if (message.gone === undefined && message.event === undefined) this.marks.add(event, target);
    } else if (message.gone !== undefined) event.content = {};
    else if (event.event === 'edit') Object.assign(message, { content: event.content, edited: event.ts });
    else {
      delete message.content;
      delete message.edited;
      message.gone = 'recalled';
      this.marks.remove(target);
      for (const other of this.log) {
        if (other.event === 'edit' && other.target === target) other.content = {};
      }
    }
  }

  #move(device: SimulatedDevice, to: Partial<Cursor>): void {
    const cursor = this.cursor(device.user);
    const delivered = Math.max(cursor.delivered, Math.min(to.delivered ?? 0, this.log.length));
    const read = Math.max(cursor.read, Math.min(to.read ?? 0, this.log.length));
    if (delivered === cursor.delivered && read === cursor.read) return;
    const isRead = read > cursor.read;
    this.#cursors.set(device.user, { delivered, read });
    this.#changedAt = ++this.#position;
    for (const other of this.devices) {
      if (other === device || (other.user === device.user && !isRead)) continue;
      other.push({
        t: 'receipt',
        conv,
        user: device.user,
        ...(delivered > 0 ? { delivered } : {}),
        ...(read > 0 ? { read } : {}),
        ts: startOfTime,
      });
    }
  }

  #setValues(device: SimulatedDevice, { id, body }: RequestFrame): void {
    for (const { key, value } of body.values as { key: string; value?: unknown }[]) {
      const position = ++this.#position;
      this.#values.set(`${device.user} ${key}`, { key, value, position });
      for (const other of this.devices) {
        if (other !== device && other.user === device.user) other.pushLate(stateOf(key, value, position));
      }
    }
    device.push({ t: 'response', id, body: { position: this.#position } });
  }

  #other(user: string): string {
    return this.#users[0] === user ? this.#users[1] : this.#users[0];
  }
}

function stateOf(key: string, value: unknown, position: number): ServerFrame {
  return { t: 'state', key, ...(value === undefined ? {} : { value }), position };
}
