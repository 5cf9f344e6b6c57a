import type { Bus } from '@stoa/bus';
import {
  type Content,
  limits,
  type MessageAge,
  type MessageEvent,
  messageFlags,
  packValue,
  type SentFrame,
  StoaError,
} from '@stoa/protocol';
import type { MessageLog, StoredMessage } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { Directory } from '../directory/index.ts';
import { publishToUser, type UserEvent } from '../events.ts';
import type { Gone } from './gone.ts';
import { judged, type MessageJudge, noJudge } from './judge.ts';
import { MarkFrames, markChangeOf } from './mark-frames.ts';
import { encodedFrame, encodedMessage, type FrameAddresses } from './message-frame.ts';
import { type MessageObserver, nobody } from './observer.ts';
import { TransientIds } from './transient-ids.ts';

/** Who sends: a signed-in device, or the back end in the name of a user (dev 0). */
export interface Sender {
  readonly aid: number;
  readonly uid: number;
  readonly address: string;
  readonly dev: number;
  /** The back end sends also what the user himself might not. */
  readonly forced?: true;
}

/** Where a message goes, already looked up. */
export interface Receiver {
  readonly uid: number;
  readonly address: string;
}

/** What is sent, already validated at the door. */
export interface Outgoing {
  /** Idempotency key within (sender, dev); null when the caller wants none. */
  readonly id: number | null;
  readonly content: Content;
  readonly type?: number;
  readonly flags?: number;
  readonly expiry?: number;
  readonly localId?: number;
  readonly ref?: number;
  /** When the message disappears. */
  readonly age?: MessageAge;
  /** Changes the message at place `target` instead; whether that is allowed was asked before. */
  readonly event?: MessageEvent;
  readonly target?: number;
}

/** A message that is stored, synced and not yet told to anybody. */
export interface Accepted {
  readonly answer: Omit<SentFrame, 't' | 'id'>;
  /** Tells the devices of both sides. Separate, so that the sender's ack can go out first. */
  announce(): void;
}

export interface MessagesOptions {
  readonly log: MessageLog;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly gone: Gone;
  readonly directory: Directory;
  /** Seconds from asking the store to the commit, for each message. */
  readonly onCommitted?: (seconds: number) => void;
  readonly observer?: MessageObserver;
  readonly judge?: MessageJudge;
}

/** Accepts messages: checks, stores, and announces them. */
export class Messages {
  readonly #log: MessageLog;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #gone: Gone;
  readonly #marks: MarkFrames;
  readonly #onCommitted: (seconds: number) => void;
  readonly #observer: MessageObserver;
  readonly #judge: MessageJudge;
  readonly #transientIds = new TransientIds();

  constructor({
    log,
    bus,
    clock,
    gone,
    directory,
    onCommitted = () => {},
    observer = nobody,
    judge = noJudge,
  }: MessagesOptions) {
    this.#judge = judge;
    this.#observer = observer;
    this.#onCommitted = onCommitted;
    this.#gone = gone;
    this.#marks = new MarkFrames(directory);
    this.#log = log;
    this.#bus = bus;
    this.#clock = clock;
  }

  /**
   * Resolves when the message is committed and synced to disk (at once for a transient one). Calls made one after
   * the other for one conversation are stored in that order. `beforeStored` is called when it was judged: nothing is
   * stored when that throws.
   *
   * @throws StoaError TOO_LARGE; rejects with StoreUnavailableError when the store cannot take writes, and with what the
   * modules of the server refuse.
   */
  accept(
    sender: Sender,
    receiver: Receiver,
    outgoing: Outgoing,
    beforeStored: () => void = () => {},
  ): Promise<Accepted> {
    if (!this.#judge.active) return this.acceptUnjudged(sender, receiver, outgoing);
    return this.#judge.judge(sender, { to: receiver.address }, outgoing).then((judgement) => {
      beforeStored();
      return judged(judgement, outgoing, this.#clock.now(), this.#transientIds, (changed) =>
        this.acceptUnjudged(sender, receiver, changed),
      );
    });
  }

  /** The same, past the modules of the server: for what they send themselves. */
  acceptUnjudged(sender: Sender, receiver: Receiver, outgoing: Outgoing): Promise<Accepted> {
    const content = packValue(outgoing.content);
    if (content.length > limits.contentBytes) {
      throw new StoaError(
        'TOO_LARGE',
        `The content has ${content.length} bytes; the limit is ${limits.contentBytes}.`,
      );
    }
    const { event, target, age } = outgoing;
    if (event !== undefined && target !== undefined) {
      return this.#acceptChange(sender, receiver, outgoing, content, { event, target });
    }
    const now = this.#clock.now();
    const flags = outgoing.flags ?? defaultFlags;
    const message = {
      conversation: { kind: 'pair', aid: sender.aid, a: sender.uid, b: receiver.uid } as const,
      sender: sender.uid,
      dev: sender.dev,
      id: outgoing.id,
      ts: now,
      type: outgoing.type ?? 0,
      flags,
      localId: outgoing.localId ?? 0,
      ref: outgoing.ref ?? null,
      expiresAt: now + (outgoing.expiry ?? limits.expirySeconds) * 1000,
      content,
      special: age === undefined ? null : { ...nothingSpecial, age },
    };
    const addresses: FrameAddresses = { from: sender.address, to: receiver.address };
    if (flags & messageFlags.transient) {
      return Promise.resolve(this.#transient(message, addresses, receiver.uid));
    }

    const asked = performance.now();
    // Every message comes through here: a plain chain costs half of what the steps of an async function do.
    const noted = this.#observer.wants(sender.aid);
    const isPlain = age === undefined && !noted;
    const entry = isPlain ? message : { ...message, ...(age && { age }), ...(noted && { noted }) };
    return this.#log.append(entry).then((appended) => {
      this.#onCommitted((performance.now() - asked) / 1000);
      const { mid, conv, seq, ts, duplicate } = appended;
      const answer = { conv, seq, mid, ts };
      if (duplicate) return this.#repeated(sender.aid, answer, addresses, receiver.uid);
      // Written out: copying the members of one object into another costs several times as much.
      const stored = {
        mid,
        conv,
        seq,
        ts,
        sender: message.sender,
        dev: message.dev,
        id: message.id,
        type: message.type,
        flags: message.flags,
        localId: message.localId,
        ref: message.ref,
        expiresAt: message.expiresAt,
        content: message.content,
        special: message.special,
      };
      const accepted = { answer, announce: () => this.#announce(stored, addresses, receiver.uid) };
      if (!noted) return accepted;
      return this.#observed(sender.aid, stored, addresses, receiver.uid).then(() => accepted);
    });
  }

  /** Whatever was changed meanwhile, what is announced is what the log says. */
  async #acceptChange(
    sender: Sender,
    receiver: Receiver,
    { id, content: said, type = 0, flags = defaultFlags, localId = 0 }: Outgoing,
    content: Uint8Array,
    change: { event: MessageEvent; target: number },
  ): Promise<Accepted> {
    const mark = markChangeOf(change.event, said);
    const message = {
      conversation: { kind: 'pair', aid: sender.aid, a: sender.uid, b: receiver.uid } as const,
      sender: sender.uid,
      dev: sender.dev,
      id,
      ts: this.#clock.now(),
      type,
      flags,
      localId,
      ref: null,
      // It goes with its target, not by itself.
      expiresAt: 0,
      // What a mark says is kept with its target.
      content: change.event === 'edit' ? content : packValue({}),
    };
    const noted = this.#observer.wants(sender.aid);
    const entry = { ...message, change: { ...change, ...(mark && { mark }) }, ...(noted && { noted }) };
    const appended = await this.#log.append(entry);
    const { mid, conv, seq, ts } = appended;
    const addresses = { from: sender.address, to: receiver.address };
    if (mark === undefined || appended.duplicate) {
      return this.#repeated(sender.aid, { mid, conv, seq, ts }, addresses, receiver.uid);
    }
    const stored = { ...message, mid, conv, seq, content, special: { ...nothingSpecial, ...change } };
    if (noted) await this.#observed(sender.aid, stored, addresses, receiver.uid);
    return {
      answer: { mid, conv, seq, ts },
      announce: () => this.#announce(stored, addresses, receiver.uid),
    };
  }

  /**
   * A repeated send is announced again, because the first announcement may have died with a node; but as it is in the
   * log, whatever was sent this time.
   */
  async #repeated(
    aid: number,
    answer: Accepted['answer'],
    addresses: FrameAddresses,
    receiver: number,
  ): Promise<Accepted> {
    const first = await this.#log.find(answer.mid);
    const conversation = first && (await this.#log.conversation(first.conv));
    if (first === undefined || conversation === undefined) return { answer, announce: () => {} };
    const { key } = conversation;
    if (key.kind !== 'pair' || (first.sender === key.a ? key.b : key.a) !== receiver) {
      throw new StoaError('CONFLICT', `The id ${first.id} was used for a message to somebody else.`, {
        hint: 'Ids increase with every message of a device.',
      });
    }
    if (this.#observer.wants(aid)) await this.#observed(aid, first, addresses, receiver);
    const marks = await this.#marks.of(first.special);
    const bytes = encodedFrame(first, addresses, await this.#gone.reasonFor(first, receiver), { marks });
    const { conv, seq } = first;
    return {
      answer,
      announce: () => this.#publish({ type: 'message', conv, seq, bytes }, first.sender, receiver),
    };
  }

  #observed(aid: number, message: StoredMessage, addresses: FrameAddresses, receiver: number): Promise<void> {
    return this.#observer.stored({ aid, message, receiver, ...addresses });
  }

  #announce(
    message: StoredMessage & { readonly content: Uint8Array },
    addresses: FrameAddresses,
    receiver: number,
  ): void {
    const { conv, seq, content, sender } = message;
    const bytes = encodedMessage(message, content, addresses);
    this.#publish({ type: 'message', conv, seq, bytes }, sender, receiver);
  }

  #transient(
    message: Omit<StoredMessage, 'mid' | 'conv' | 'seq'> & { readonly content: Uint8Array },
    addresses: FrameAddresses,
    receiver: number,
  ): Accepted {
    const mid = this.#transientIds.next(message.ts);
    const passing: StoredMessage = { ...message, mid, conv: 0, seq: 0 };
    return {
      answer: { conv: 0, seq: 0, mid, ts: message.ts },
      announce: () => {
        const bytes = encodedMessage(passing, message.content, addresses);
        this.#publish(
          { type: 'frame', bytes, exceptDev: message.dev, droppable: true },
          message.sender,
          receiver,
        );
      },
    };
  }

  /** To the devices of the receiver and to the other devices of the sender. */
  #publish(event: UserEvent, sender: number, receiver: number): void {
    publishToUser(this.#bus, receiver, event);
    if (sender !== receiver) publishToUser(this.#bus, sender, event);
  }
}

const defaultFlags = messageFlags.deliveryReceipt | messageFlags.readReceipt;
const nothingSpecial = {
  event: null,
  target: null,
  age: null,
  dueAt: null,
  editedAt: null,
  gone: null,
  marks: null,
};
