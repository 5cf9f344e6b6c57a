import type { Bus } from '@stoa/bus';
import {
  type CallRequestFrame,
  type ClientFrame,
  encodeSent,
  type HistoryFrame,
  limits,
  messageFlags,
  type PresenceMode,
  type RequestFrame,
  type SendFrame,
  type SendPresenceFrame,
  StoaError,
} from '@stoa/protocol';
import type { DeviceEnd } from '@stoa/storage';
import type { Access, Failures } from '../access/index.ts';
import type { Blocking } from '../blocking/index.ts';
import type { Calls } from '../calls/index.ts';
import { endError, type SignedInDevice } from '../devices/index.ts';
import type { Directory, Person } from '../directory/index.ts';
import type { UserEvent } from '../events.ts';
import type { Attachments } from '../files/index.ts';
import type { GroupFeed } from '../groups/index.ts';
import type { Limits } from '../limits/index.ts';
import type { Changes, Delivery, History, Messages } from '../messages/index.ts';
import type { Presence } from '../presence/index.ts';
import type { Receipts } from '../receipts/index.ts';
import type { Rooms } from '../rooms/index.ts';
import type { Schedule } from '../scheduled/index.ts';
import type { ValueFeed } from '../values/index.ts';
import type { Connection, ConnectionHandler } from './connection.ts';
import { type GroupServices, GroupTraffic } from './group-traffic.ts';
import { withFile } from './message-file.ts';
import { carryOut, type OperationHandlers } from './operations.ts';
import { PresenceTraffic } from './presence-traffic.ts';
import { ReadMarks } from './read-marks.ts';
import { SendOrder } from './send-order.ts';
import { Turns } from './turns.ts';

/** What every session of a node uses. */
export interface SessionServices extends GroupServices {
  readonly directory: Directory;
  readonly messages: Messages;
  readonly receipts: Receipts;
  readonly changes: Changes;
  readonly history: History;
  readonly schedule: Pick<Schedule, 'accept'>;
  readonly files: Pick<Attachments, 'claim'>;
  readonly presence: Presence;
  readonly groups: Pick<GroupFeed, 'refresh'>;
  readonly blocking: Blocking;
  readonly calls: Calls;
  readonly rooms: Pick<Rooms, 'connectionEnded'>;
  readonly bus: Bus;
  readonly limits: Limits;
  readonly operations: OperationHandlers;
  readonly access: Pick<Access, 'may' | 'require' | 'count'>;
  readonly failures: Failures;
  /** Rejects for an operation that the user may not ask for. */
  readonly requireOperation: (
    identity: SessionIdentity,
    request: Pick<RequestFrame, 'op' | 'body'>,
  ) => Promise<void>;
  /** Called for each message that was accepted. */
  readonly onAccepted: () => void;
  /** When the user wants to be seen online. */
  readonly presenceMode: (uid: number) => Promise<PresenceMode | undefined>;
  readonly onError: (error: unknown) => void;
}

/** The signed-in user and device of a session. */
export interface SessionIdentity {
  readonly aid: number;
  readonly uid: number;
  readonly address: string;
  readonly dev: number;
  readonly tokenId: number;
}

/** What decides at first whether the user is online by a session. */
export interface Appearance {
  readonly inFront: boolean;
  readonly mode: PresenceMode | undefined;
}

/** A signed-in connection: turns its frames into calls of the domain, and events about its user into frames. */
export class Session implements ConnectionHandler {
  readonly identity: SessionIdentity;
  readonly connection: Connection;
  readonly delivery: Delivery;
  readonly #device: SignedInDevice;
  readonly #values: ValueFeed;
  readonly #services: SessionServices;
  readonly #confirm: () => Promise<boolean>;
  readonly #onClosed: (session: Session) => void;
  readonly #sends = new SendOrder(() => this.connection.heardAt);
  readonly #groups: GroupTraffic;
  readonly #presence: PresenceTraffic;
  readonly #pages = new Turns(historyWaiting);
  readonly #requests = new Turns(limits.requestWindow);
  readonly #reads = new ReadMarks();

  constructor(options: {
    identity: SessionIdentity;
    device: SignedInDevice;
    connection: Connection;
    delivery: Delivery;
    values: ValueFeed;
    services: SessionServices;
    /** Whether the session is still allowed; ends the connection when it is not. */
    confirm: () => Promise<boolean>;
    onClosed: (session: Session) => void;
  }) {
    this.identity = options.identity;
    this.#device = options.device;
    this.connection = options.connection;
    this.delivery = options.delivery;
    this.#values = options.values;
    this.#services = options.services;
    this.#confirm = options.confirm;
    this.#onClosed = options.onClosed;
    this.#groups = new GroupTraffic({ ...options, sends: this.#sends });
    this.#presence = new PresenceTraffic({ ...options, groups: this.#groups });
  }

  frame(frame: ClientFrame): void | Promise<void> {
    switch (frame.t) {
      case 'send':
        return this.#send(frame);
      case 'received': {
        const taken = this.#groups.acknowledged(frame.conv, frame.seq, 'received');
        this.delivery.acknowledged(frame.conv, frame.seq);
        if (taken !== undefined) return;
        return this.#services.receipts.received(this.identity, frame.conv, frame.seq);
      }
      case 'read': {
        if (frame.receipt === false) return this.#read(frame, false);
        const tells = this.#services.access.may(this.identity, 'tellRead');
        return tells instanceof Promise
          ? this.#reads.add(tells.then((may) => this.#read(frame, may)))
          : this.#read(frame, tells);
      }
      case 'presence':
        return this.#tellPresence(frame);
      case 'watch':
        return this.#presence.watch(frame);
      case 'front':
        return this.#presence.front(frame.on);
      case 'history':
        return this.#pages.take(1, () => this.#history(frame));
      case 'request':
        return this.#requests.take(1, () => this.#request(frame));
      case 'call':
        return this.#call(frame);
      case 'ping':
        return this.#reads.afterwards(() => this.connection.write({ t: 'pong' }));
      case 'pong':
        return;
      case 'hello':
        throw new StoaError('HELLO_TWICE');
    }
  }

  /** Something happened that concerns this session's user. */
  event(event: UserEvent): void {
    switch (event.type) {
      case 'message':
        this.delivery.offer(event.conv, event.seq, event.bytes);
        return;
      case 'frame':
        if (event.exceptDev === this.identity.dev) return;
        if (event.onlyDev !== undefined && event.onlyDev !== this.identity.dev) return;
        if (event.droppable !== true || !this.connection.congested) this.connection.writeEncoded(event.bytes);
        return;
      case 'end-sessions':
        if (event.tokenId === undefined || event.tokenId === this.identity.tokenId) {
          this.connection.close(event.reason);
        }
        return;
      case 'device-signed-in':
        if (event.dev === this.#device.dev && event.signIns > this.#device.signIns) this.#replaced(event.run);
        return;
      case 'device-ended':
        if (event.dev === this.#device.dev && event.signIns >= this.#device.signIns) this.#end(event.end);
        return;
      case 'values':
        if (event.exceptDev !== this.identity.dev) this.#values.offer(event, this.#services.onError);
        return;
      case 'presence-mode':
        this.#presence.changeMode(event.presence);
        return;
      case 'presence-query':
      case 'group-joined':
      case 'device-query':
        return;
    }
  }

  /**
   * Events about the user may have been lost: asks the store for what they would have told. When it rejects, it must
   * be called again.
   */
  async catchUp(): Promise<void> {
    if (!(await this.#confirm())) return;
    this.#services.calls.signedIn(this.identity, true);
    await this.#services.groups.refresh(this.identity.uid);
    this.#presence.changeMode(await this.#services.presenceMode(this.identity.uid));
    await this.#values.catchUp();
    await this.delivery.catchUp();
  }

  /** It hears of everything: by it, its user may be online from now on. */
  opened(appearance: Appearance): void {
    if (!this.connection.closed) this.#presence.opened(appearance);
  }

  drained(): void {
    this.#values.drained();
    this.delivery.pump();
  }

  failed(error: unknown): void {
    this.#services.failures.failed(this.identity, error);
  }

  closed(): void {
    this.#values.drained();
    this.#presence.closed();
    this.#onClosed(this);
  }

  /** The device has another connection. Of the same run, its client has only not noticed that this one is dead. */
  #replaced(run: string | null): void {
    if (run !== null && run === this.#device.run) this.connection.close('replaced');
    else this.#end('displaced');
  }

  #end(end: DeviceEnd): void {
    this.connection.refuse(endError(end));
    this.connection.close('signedOut');
  }

  #send(frame: SendFrame): void | Promise<void> {
    const isTransient = ((frame.flags ?? 0) & messageFlags.transient) !== 0;
    this.#sends.letIn({ id: frame.id, isTransient }, () =>
      Math.max(this.#services.failures.delay(this.identity), this.#messageDelay()),
    );
    if (frame.gid !== undefined) return this.#groups.send(frame, frame.gid);
    // Looking up a receiver may take a moment; the log must still get the messages in the order of the frames.
    if (frame.at !== undefined) {
      return this.#sends.run(
        frame.id,
        () => this.#scheduled(frame, frame.at ?? 0),
        ({ receiver, at }, requireOrder) =>
          at === undefined ? this.#store(frame, receiver, requireOrder) : this.#answerScheduled(frame.id, at),
      );
    }
    return this.#sends.run(
      frame.id,
      () =>
        withFile(
          this.#services,
          this.identity,
          frame,
          frame.event === undefined ? this.#openReceiver(frame) : this.#receiverOfChange(frame),
        ),
      (receiver, requireOrder) => this.#store(frame, receiver, requireOrder),
    );
  }

  #store(frame: SendFrame, receiver: Person, requireOrder: () => void): Promise<void> {
    return this.#services.messages.accept(this.identity, receiver, frame, requireOrder).then(
      ({ answer: { conv, seq, mid, ts }, announce }) => {
        this.connection.writeEncoded(encodeSent({ id: frame.id, conv, seq, mid, ts }));
        if (seq > 0) this.delivery.skipOwn(conv, seq);
        this.#services.onAccepted();
        announce();
      },
      (error: unknown) => {
        this.#sends.failed(frame.id, error);
        throw error;
      },
    );
  }

  /** `at`: until then the server keeps it; undefined when it is to be sent now. */
  async #scheduled(frame: SendFrame, at: number): Promise<{ receiver: Person; at: number | undefined }> {
    const receiver = await withFile(this.#services, this.identity, frame, this.#openReceiver(frame));
    const message = { id: frame.id, at, message: frame };
    return { receiver, at: await this.#services.schedule.accept(this.identity, receiver, message) };
  }

  async #answerScheduled(id: number, at: number): Promise<void> {
    this.connection.write({ t: 'scheduled', id, at });
  }

  #receiver(frame: { peer?: string; gid?: number }): Person | Promise<Person> {
    if (frame.peer === undefined) {
      throw new StoaError('INVALID_DESTINATION', `There is no group ${frame.gid}.`);
    }
    const found = this.#services.directory.byAddress(this.identity.aid, frame.peer);
    return found instanceof Promise ? found.then((person) => existing(person, frame.peer)) : found;
  }

  /** The receiver, if he takes messages of this user. */
  #openReceiver(frame: SendFrame): Person | Promise<Person> {
    const receiver = this.#receiver(frame);
    if (receiver instanceof Promise) return receiver.then((person) => this.#unlessBlocked(person, frame));
    return this.#unlessBlocked(receiver, frame);
  }

  #unlessBlocked(receiver: Person, { id }: SendFrame): Person | Promise<Person> {
    const { blocking, changes } = this.#services;
    const { uid, dev, address } = this.identity;
    const mayReach = blocking.mayReach(receiver.uid, address, 'messages');
    if (mayReach === true) return receiver;
    return Promise.resolve(mayReach).then(async (allowed) => {
      // What was stored before the block keeps its answer.
      if (allowed || (await changes.isRepeated(uid, dev, id))) return receiver;
      throw new StoaError('BLOCKED', `"${receiver.address}" does not take messages of "${address}".`);
    });
  }

  async #receiverOfChange({ event, target, ...frame }: SendFrame): Promise<Person> {
    const receiver = await this.#openReceiver(frame);
    if (event !== undefined && target !== undefined) {
      const { aid, uid, dev } = this.identity;
      const { id, content } = frame;
      const change = { id, event, target, content };
      await this.#services.changes.require({ aid, uid, dev, receiver: receiver.uid, ...change });
    }
    return receiver;
  }

  #tellPresence(frame: SendPresenceFrame): Promise<void> | undefined {
    // True for the moment only: who says too much is not heard.
    return this.#messageDelay() > 0 ? undefined : this.#presence.tell(frame);
  }

  #messageDelay(): number {
    return this.#services.limits.messageDelay(this.identity.uid, this.connection.client);
  }

  async #history(frame: HistoryFrame): Promise<void> {
    this.#services.failures.requireNone(this.identity);
    if (this.connection.congested) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs: holdMs });
    const page = await this.#services.history.page(this.identity, frame);
    // What is streamed to the device anyway, it may ask for.
    const begins = this.delivery.beginningOf(page.conv) ?? Number.POSITIVE_INFINITY;
    const isOlder = page.messages.length > 0 && (frame.after ?? -1) < begins;
    if (isOlder) await this.#services.access.require(this.identity, 'readHistory');
    this.connection.write(page);
  }

  #read({ conv, seq }: { readonly conv: number; readonly seq: number }, tells: boolean): Promise<void> {
    const kind = tells ? 'read' : 'seen';
    const inGroup = this.#groups.acknowledged(conv, seq, kind);
    return this.#reads.add(inGroup ?? this.#services.receipts.advance(this.identity, conv, kind, seq));
  }

  async #request({ id, op, body }: RequestFrame): Promise<void> {
    this.#services.failures.requireNone(this.identity);
    if (this.connection.congested) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs: holdMs });
    await this.#services.requireOperation(this.identity, { op, body });
    const answer = await carryOut(this.#services.operations, this.identity, op, body);
    this.connection.write({ t: 'response', id, body: answer });
  }

  #call(frame: CallRequestFrame): Promise<void> {
    const { limits, calls, failures } = this.#services;
    const { uid } = this.identity;
    const { client } = this.connection;
    const isHeld = (): boolean => failures.delay(this.identity) > 0 || limits.inviteDelay(uid, client) > 0;
    if (frame.event.type === 'invite' && isHeld()) {
      const event = { type: 'ended', reason: 'rateLimited', seconds: 0 } as const;
      this.connection.write({ t: 'call', call: frame.call, event });
      return Promise.resolve();
    }
    const wait = limits.signalDelay(uid, client);
    if (wait > 0) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs: wait });
    return calls.frame(this.identity, frame);
  }
}

function existing(person: Person | undefined, address: string | undefined): Person {
  if (person === undefined) throw new StoaError('INVALID_DESTINATION', `There is no user "${address}".`);
  return person;
}

/** Requests for history of one session that may wait for their turn. */
const historyWaiting = 64;
/** When a client may try again what was refused for its own good. */
const holdMs = 1_000;
