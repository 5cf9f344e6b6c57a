import type { ConversationId } from '@stoa/client';
import { Memberships } from './memberships.ts';
import { addresses } from './naming.ts';
import type { Observation, StoredConversation } from './observation.ts';

/** A message that a device has kept to send. */
export interface SendModel {
  readonly key: string;
  readonly device: string;
  readonly conversation: ConversationId;
  /** The time of the model when the device had kept it. */
  readonly keptAt: number;
  /** What it says when it is sent. */
  text: string | null;
  /** Taken back before it was sent. */
  isDropped: boolean;
  /** The server has refused it for good. */
  isRefused: boolean;
  /** What the application was told, if it was told that the message is stored. */
  acknowledged?: { readonly seq: number; readonly mid: number; readonly at: number };
}

/** An edit (with its text) or a recall (without) that a device has kept to send. */
export interface ChangeModel {
  readonly device: string;
  readonly user: string;
  readonly conversation: ConversationId;
  /** The time of the model when the device had kept it. */
  readonly keptAt: number;
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
  readonly memberships = new Memberships();
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
        const keptAt = this.time;
        this.changes.push({ device: name, user: device.user, conversation, keptAt, target, text });
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
        this.#failed(device, seen);
    }
  }

  /** How far the devices of a user have got in a conversation, as he calls it: what receipts may say of him. */
  progress(user: string, id: ConversationId): { stored: number; read: number; readWithReceipt: number } {
    const progress = { stored: 0, read: 0, readWithReceipt: 0 };
    for (const device of this.devices.values()) {
      const state = device.user === user ? device.conversations.get(id)?.state : undefined;
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
    if (known === undefined) {
      const keptAt = this.time;
      const state = { isDropped: false, isRefused: false };
      this.sends.set(key, { key, device: name, conversation, keptAt, text, ...state });
    } else known.text = text;
  }

  #dropped(device: DeviceModel, key: string): void {
    const send = this.sends.get(key);
    if (send === undefined || send.acknowledged !== undefined) this.#problem(device, `dropped ${key}`);
    else send.isDropped = true;
  }

  #stored(device: DeviceModel, state: StoredConversation): void {
    const known = device.conversations.get(state.id) ?? { state, announced: [], excused: [] };
    const isGroup = state.id.startsWith('g:');
    const after = device.conversations.has(state.id) ? known.state.last : 0;
    const upTo = state.first - 1;
    // In a group, what lies between need not be for the user; see judge-groups.ts.
    if (upTo > after && !isGroup) {
      const { stored } = this.progress(device.user, state.id);
      if (upTo > stored) this.#problem(device, `was not sent ${stored + 1} to ${upTo} of ${state.id}`);
      known.excused.push({ after, upTo });
    }
    known.state = state;
    device.conversations.set(state.id, known);
    const others = isGroup ? addresses.filter((address) => address !== device.user) : [state.id.slice(2)];
    if (others[0] === device.user) return;
    const truths = others.map((other) => this.progress(other, isGroup ? state.id : `u:${device.user}`));
    const stored = Math.max(...truths.map((truth) => truth.stored));
    const read = Math.max(...truths.map((truth) => truth.readWithReceipt));
    const who = others.join(' or ');
    if (state.peerDelivered > stored) {
      this.#problem(
        device,
        `was told in ${state.id} that ${who} has ${state.peerDelivered}, who has ${stored}`,
      );
    }
    if (state.peerRead > read) {
      this.#problem(device, `was told in ${state.id} that ${who} read ${state.peerRead}, who read ${read}`);
    }
  }

  /** Only who is no member, or was none for a while, may be refused. */
  #failed({ name, user }: DeviceModel, seen: Extract<Observation, { what: 'failed' }>): void {
    const { conversation, key, code } = seen;
    const send = this.sends.get(key);
    if (send !== undefined) send.isRefused = true;
    const gid = conversation.startsWith('g:') ? Number(conversation.slice(2)) : undefined;
    const was = gid && send ? this.memberships.during(gid, user, send.keptAt, this.time) : 'member';
    if (was !== 'member' && code === 'NOT_A_MEMBER') return;
    this.problems.push(`${name} was refused ${key} in ${conversation} with ${code}`);
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
