import { limits, type OperationResponse, packValue, StoaError, unpackValue } from '@stoa/protocol';
import {
  type ScheduledMessage,
  type ScheduleStore,
  StoreUnavailableError,
  type UserStore,
} from '@stoa/storage';
import type { Blocking } from '../blocking/index.ts';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';
import type { Directory } from '../directory/index.ts';
import type { Caller, GroupSending } from '../groups/index.ts';
import type { Changes, GroupMessages, Messages, Outgoing, Sender } from '../messages/index.ts';

/** What is sent when its time has come. */
type Waiting = Omit<Outgoing, 'id' | 'event' | 'target'>;

/** Whom it is for: a user, or a group. */
export type ScheduledFor =
  | { readonly uid: number }
  /** `forced`: also when the sender himself might not send there. */
  | { readonly gid: number; readonly forced?: boolean };

/** What the store keeps of a message. */
interface Payload {
  /** uid of the receiver, or 0. */
  readonly receiver: number;
  readonly gid?: number;
  readonly forced?: boolean;
  readonly message: Waiting;
}

export interface ScheduleOptions {
  readonly store: ScheduleStore;
  readonly users: UserStore;
  readonly messages: Messages;
  readonly groups: {
    readonly sending: Pick<GroupSending, 'open' | 'requireModify'>;
    readonly groupMessages: Pick<GroupMessages, 'accept'>;
  };
  readonly changes: Pick<Changes, 'isRepeated'>;
  readonly directory: Directory;
  readonly blocking: Pick<Blocking, 'mayReach'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

type ScheduledList = OperationResponse<'scheduled.list'>;

/** Messages that the server keeps and sends at a given time. */
export class Schedule {
  readonly #options: ScheduleOptions;
  /** How often this node could not send a message for a reason that nobody foresaw. */
  readonly #failures = new BoundedMap<string, number>(1_000);

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  /**
   * Keeps the message for its time. Resolves to that time, or to undefined when it is to be sent now: its time has
   * come, or it was sent already. Repeating one that is known answers the first time.
   *
   * @throws StoaError BAD_FRAME, TOO_LARGE, or PERMISSION_DENIED when too many wait already.
   */
  async accept(
    sender: Pick<Sender, 'uid' | 'dev'>,
    to: ScheduledFor,
    { id, at, message }: { readonly id: number; readonly at: number; readonly message: Waiting },
  ): Promise<number | undefined> {
    const { store, changes, clock } = this.#options;
    const key = { sender: sender.uid, dev: sender.dev, id };
    const known = await store.find(key);
    const due = (known ?? at) <= clock.now();
    // Also while it is being sent: what is in the log has been sent.
    if ((known === undefined || due) && (await changes.isRepeated(sender.uid, sender.dev, id)))
      return undefined;
    if (known !== undefined) return known;
    if (due) return undefined;
    if (at > clock.now() + limits.scheduleSeconds * 1000) {
      throw new StoaError('BAD_FRAME', `"send.at" is more than ${limits.scheduleSeconds} seconds ahead.`);
    }
    const bytes = packValue(message.content).length;
    if (bytes > limits.contentBytes) {
      throw new StoaError(
        'TOO_LARGE',
        `The content has ${bytes} bytes; the limit is ${limits.contentBytes}.`,
      );
    }
    const payload = packValue(payloadOf(to, message));
    const kept = await store.add({ ...key, at, payload, limit: limits.scheduledPerUser });
    if (kept === undefined) {
      // Not one of those that a client would repeat: its outbox would stand still until a message is sent.
      throw new StoaError('PERMISSION_DENIED', `${limits.scheduledPerUser} messages are scheduled already.`, {
        hint: 'Cancel one of them first.',
      });
    }
    return kept.at;
  }

  /**
   * The messages of a user that wait or failed, a page of them, the next one first.
   *
   * @throws StoaError BAD_FRAME for a cursor that was not given by this.
   */
  async list(sender: number, cursor: string | undefined): Promise<ScheduledList> {
    const { store, directory } = this.#options;
    const messages: ScheduledList['messages'] = [];
    let after = cursor === undefined ? undefined : parseCursor(cursor);
    let bytes = 0;
    for (;;) {
      const read = await store.list({ sender, limit: listStep, ...(after && { after }) });
      for (const one of read) {
        const { receiver, gid, message } = unpackValue(one.payload) as Payload;
        const to = gid === undefined ? { peer: (await directory.byUid(receiver))?.address ?? '' } : { gid };
        const failed = one.failed === null ? {} : { failed: one.failed };
        messages.push({ dev: one.dev, id: one.id, at: one.at, ...to, content: message.content, ...failed });
        bytes += one.payload.length;
      }
      after = read.at(-1);
      if (after === undefined || read.length < listStep) return { messages };
      if (bytes > listBytes) return { messages, cursor: `${after.at}.${after.dev}.${after.id}` };
    }
  }

  /** @throws StoaError NOT_FOUND when it was sent, is being sent, or was cancelled. */
  async cancel(sender: number, dev: number, id: number): Promise<void> {
    const { store, clock } = this.#options;
    if (await store.cancel({ sender, dev, id }, clock.now())) return;
    throw new StoaError('NOT_FOUND', `No message ${id} of device ${dev} waits for its time.`);
  }

  /**
   * Sends what is due, as long as it may. A message that could not be stored is tried again later, and so is what its
   * sender has for after it: nothing overtakes it.
   */
  async sendDue(goOn: () => boolean): Promise<void> {
    const { store, clock, onError } = this.#options;
    while (goOn()) {
      const now = clock.now();
      const due = await store.take({ now, retryBefore: now - retryMs, limit: dueAtOnce });
      const stopped = new Set<number>();
      // One after the other: those of one sender keep their order.
      for (const message of due) {
        if (stopped.has(message.sender)) continue;
        await this.#send(message).catch((error: unknown) => {
          if (this.#holdsUp(message, error)) stopped.add(message.sender);
          onError(error);
        });
      }
      if (due.length < dueAtOnce) return;
    }
  }

  /** One that can never be stored must not hold up the others of its sender for ever. */
  #holdsUp({ sender, dev, id }: ScheduledMessage, error: unknown): boolean {
    if (error instanceof StoreUnavailableError) return true;
    if (error instanceof StoaError && error.code !== 'INTERNAL') return true;
    const key = `${sender}/${dev}/${id}`;
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    return failures <= unforeseenAllowed;
  }

  async #send(scheduled: ScheduledMessage): Promise<void> {
    const { store, changes } = this.#options;
    const payload = unpackValue(scheduled.payload) as Payload;
    const outgoing = { ...payload.message, id: scheduled.id };
    try {
      const sender = await this.#sender(scheduled);
      const { announce } =
        payload.gid === undefined
          ? await this.#sendToUser(sender, payload.receiver, outgoing)
          : await this.#sendToGroup(sender, payload.gid, payload.forced === true, outgoing);
      announce();
    } catch (error) {
      if (!(error instanceof StoaError) || error.retryable) throw error;
      const { sender, dev, id } = scheduled;
      // What was sent before something failed, or a node ended, has not failed, whatever has changed since. With a
      // conflict it is another message that was sent by this id.
      if (error.code === 'CONFLICT' || !(await changes.isRepeated(sender, dev, id))) {
        await store.fail(scheduled, error.code);
        return;
      }
    }
    await store.remove(scheduled);
  }

  /** Much may have changed since it was scheduled. */
  async #sender({ sender: uid, dev }: ScheduledMessage): Promise<Sender> {
    const { users } = this.#options;
    const user = await users.find(uid);
    if (user === undefined || user.removed) throw new StoaError('BAD_TOKEN');
    if (!user.active) throw new StoaError('SUSPENDED');
    return { aid: user.aid, uid, address: user.address, dev };
  }

  async #sendToUser(sender: Sender, receiver: number, outgoing: Outgoing) {
    const { directory, blocking, messages } = this.#options;
    const to = await directory.byUid(receiver);
    if (to === undefined || to.removed) throw new StoaError('INVALID_DESTINATION');
    if (!(await blocking.mayReach(receiver, sender.address, 'messages'))) throw new StoaError('BLOCKED');
    return messages.accept(sender, to, outgoing);
  }

  async #sendToGroup(sender: Sender, gid: number, forced: boolean, outgoing: Outgoing) {
    const { sending, groupMessages } = this.#options.groups;
    const caller: Caller = forced ? { aid: sender.aid, uid: null, address: null } : sender;
    const group = await sending.open(caller, gid);
    if (outgoing.content.mentions?.some(({ all }) => all)) await sending.requireModify(caller, gid);
    return groupMessages.accept({ ...sender, ...(forced && { forced }) }, group, outgoing);
  }
}

function payloadOf(to: ScheduledFor, message: Waiting): Payload {
  const waiting = waitingPart(message);
  if ('uid' in to) return { receiver: to.uid, message: waiting };
  const { gid, forced = false } = to;
  return { receiver: 0, gid, ...(forced ? { forced } : {}), message: waiting };
}

/** Of a frame, what belongs to the message. */
function waitingPart({ content, type, flags, expiry, localId, ref, age }: Waiting): Waiting {
  return {
    content,
    ...(type === undefined ? {} : { type }),
    ...(flags === undefined ? {} : { flags }),
    ...(expiry === undefined ? {} : { expiry }),
    ...(localId === undefined ? {} : { localId }),
    ...(ref === undefined ? {} : { ref }),
    ...(age === undefined ? {} : { age }),
  };
}

function parseCursor(cursor: string): { at: number; dev: number; id: number } {
  const match = /^(\d{1,16})\.(\d{1,16})\.(\d{1,16})$/.exec(cursor);
  if (match === null) throw new StoaError('BAD_FRAME', '"cursor" is not one that the server gave.');
  const [, at, dev, id] = match.map(Number);
  return { at: at ?? 0, dev: dev ?? 0, id: id ?? 0 };
}

/** Messages of a list read at a time, and bytes after which a page ends. */
const listStep = 20;
const listBytes = 256 * 1024;
const dueAtOnce = 100;
/** A message that was taken over, and was neither sent nor failed in this time, is taken over again. */
const retryMs = 30_000;
const unforeseenAllowed = 5;
