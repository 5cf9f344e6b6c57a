import type { ConversationId } from '@stoa/client';
import type { Observation, StoredConversation } from './observation.ts';

/** A message that a device has kept to send. */
export interface SendModel {
  readonly key: string;
  readonly device: string;
  readonly conversation: ConversationId;
  /** What it says when it is sent. */
  text: string | null;
  /** Taken back before it was sent. */
  isDropped: boolean;
  /** What the application was told, if it was told that the message is stored. */
  acknowledged?: { readonly seq: number; readonly mid: number; readonly at: number };
}

/** An edit (with its text) or a recall (without) that a device has kept to send. */
export interface ChangeModel {
  readonly device: string;
  readonly user: string;
  readonly conversation: ConversationId;
  /** Key or place of the message. */
  readonly target: string | number;
  readonly text: string | null;
}

/** What one device knows of one conversation. */
export interface ConversationModel {
  state: StoredConversation;
  /** Places that the application was told of, in that order. */
  readonly announced: { readonly seq: number; readonly mid: number; readonly key: string }[];
  /**
   * Places that need not have been announced: history, which other devices of the user had before, and what was
   * stored when the device was killed.
   */
  readonly excused: { readonly after: number; readonly upTo: number }[];
}

export interface DeviceModel {
  readonly name: string;
  readonly user: string;
  readonly conversations: Map<ConversationId, ConversationModel>;
  crashedSinceOpened: boolean;
}

/**
 * The simplest thing that knows what must be true of messages, devices and receipts, from what the devices were seen
 * to do. It judges at once what may be judged at once (nothing is announced twice, no receipt runs ahead of the
 * truth); the rest is judged when everything has come to rest, see judge-*.ts.
 */
export class Model {
  readonly devices = new Map<string, DeviceModel>();
  /** Everything that a device has kept, by its key. */
  readonly sends = new Map<string, SendModel>();
  /** In the order in which they were made; some twice. */
  readonly changes: ChangeModel[] = [];
  /** Number of observations so far. */
  time = 0;
  /** What was wrong already while it happened. */
  readonly problems: string[] = [];

  addDevice(name: string, user: string): void {
    this.devices.set(name, { name, user, conversations: new Map(), crashedSinceOpened: false });
  }

  get acknowledged(): number {
    let count = 0;
    for (const send of this.sends.values()) if (send.acknowledged !== undefined) count += 1;
    return count;
  }

  observe(name: string, seen: Observation): void {
    const device = this.devices.get(name);
    this.time += 1;
    if (device === undefined) throw new Error(`there is no device ${name}`);
    switch (seen.what) {
      case 'opened':
        this.#opened(device, seen.conversations);
        break;
      case 'crashed':
        device.crashedSinceOpened = true;
        break;
      case 'kept':
        this.#kept(device, seen);
        break;
      case 'dropped':
        this.#dropped(device, seen.key);
        break;
      case 'changed': {
        const { conversation, target, text } = seen;
        this.changes.push({ device: name, user: device.user, conversation, target, text });
        break;
      }
      case 'stored':
        this.#stored(device, seen.conversation);
        break;
      case 'acknowledged':
        this.#acknowledged(device, seen);
        break;
      case 'announced':
        this.#announced(device, seen);
        break;
      case 'failed':
        this.#problem(device, `${seen.key} was refused with ${seen.code}`);
    }
  }

  /** How far the devices of a user have got in his conversation with `peer`: what receipts may say of him. */
  progress(user: string, peer: string): { stored: number; read: number; readWithReceipt: number } {
    const progress = { stored: 0, read: 0, readWithReceipt: 0 };
    for (const device of this.devices.values()) {
      const state = device.user === user ? device.conversations.get(`u:${peer}`)?.state : undefined;
      if (state === undefined) continue;
      progress.stored = Math.max(progress.stored, state.last);
      progress.read = Math.max(progress.read, state.read);
      progress.readWithReceipt = Math.max(progress.readWithReceipt, state.readWithReceipt);
    }
    return progress;
  }

  #opened(device: DeviceModel, conversations: readonly StoredConversation[]): void {
    const found = new Map(conversations.map((state) => [state.id, state]));
    for (const [id, known] of device.conversations) {
      const state = found.get(id);
      if (JSON.stringify(state) !== JSON.stringify(known.state)) {
        const [is, was] = [JSON.stringify(state), JSON.stringify(known.state)];
        this.#problem(device, `opened its store and found ${is} instead of ${was}`);
      }
      const after = known.announced.at(-1)?.seq ?? 0;
      if (device.crashedSinceOpened && known.state.last > after) {
        known.excused.push({ after, upTo: known.state.last });
      }
    }
    device.crashedSinceOpened = false;
  }

  #kept({ name }: DeviceModel, seen: Extract<Observation, { what: 'kept' }>): void {
    const { key, conversation, text } = seen;
    const known = this.sends.get(key);
    if (known === undefined) this.sends.set(key, { key, device: name, conversation, text, isDropped: false });
    else known.text = text;
  }

  #dropped(device: DeviceModel, key: string): void {
    const send = this.sends.get(key);
    if (send === undefined || send.acknowledged !== undefined) this.#problem(device, `dropped ${key}`);
    else send.isDropped = true;
  }

  #stored(device: DeviceModel, state: StoredConversation): void {
    const known = device.conversations.get(state.id) ?? { state, announced: [], excused: [] };
    const peer = state.id.slice(2);
    const after = device.conversations.has(state.id) ? known.state.last : 0;
    const upTo = state.first - 1;
    if (upTo > after) {
      const { stored } = this.progress(device.user, peer);
      if (upTo > stored) this.#problem(device, `was not sent ${stored + 1} to ${upTo} of ${state.id}`);
      known.excused.push({ after, upTo });
    }
    known.state = state;
    device.conversations.set(state.id, known);
    if (peer === device.user) return;
    const truth = this.progress(peer, device.user);
    if (state.peerDelivered > truth.stored) {
      this.#problem(device, `was told that ${peer} has ${state.peerDelivered}, who has ${truth.stored}`);
    }
    if (state.peerRead > truth.readWithReceipt) {
      this.#problem(
        device,
        `was told that ${peer} read ${state.peerRead}, who read ${truth.readWithReceipt}`,
      );
    }
  }

  #acknowledged(device: DeviceModel, seen: Extract<Observation, { what: 'acknowledged' }>): void {
    const { key, seq, mid } = seen;
    const send = this.sends.get(key);
    if (send === undefined) this.#problem(device, `was told of ${key}, which it has not sent`);
    else if (send.acknowledged !== undefined) this.#problem(device, `was told twice that ${key} is stored`);
    else send.acknowledged = { seq, mid, at: this.time };
  }

  #announced(device: DeviceModel, seen: Extract<Observation, { what: 'announced' }>): void {
    const { conversation, key, seq, mid } = seen;
    const known = device.conversations.get(conversation);
    const last = known?.announced.at(-1)?.seq ?? 0;
    if (known === undefined) this.#problem(device, `announced ${key} before it was stored`);
    else if (seq <= last) this.#problem(device, `announced ${key} at ${seq} after ${last}`);
    known?.announced.push({ seq, mid, key });
  }

  #problem(device: DeviceModel, what: string): void {
    this.problems.push(`${device.name} ${what}`);
  }
}
