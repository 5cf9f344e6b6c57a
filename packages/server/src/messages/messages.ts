import type { Bus } from '@stoa/bus';
import { type Content, limits, messageFlags, packValue, type SentFrame, StoaError } from '@stoa/protocol';
import type { MessageLog, StoredMessage } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import { publishToUser, type UserEvent } from '../events.ts';
import { encodedMessage, type FrameAddresses, isExpired } from './message-frame.ts';
import { TransientIds } from './transient-ids.ts';

/** Who sends: a signed-in device, or the back end in the name of a user (dev 0). */
export interface Sender {
  readonly aid: number;
  readonly uid: number;
  readonly address: string;
  readonly dev: number;
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
  /** Seconds from asking the store to the commit, for each message. */
  readonly onCommitted?: (seconds: number) => void;
}

/** Accepts messages: checks, stores, and announces them. */
export class Messages {
  readonly #log: MessageLog;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #onCommitted: (seconds: number) => void;
  readonly #transientIds = new TransientIds();

  constructor({ log, bus, clock, onCommitted = () => {} }: MessagesOptions) {
    this.#onCommitted = onCommitted;
    this.#log = log;
    this.#bus = bus;
    this.#clock = clock;
  }

  /**
   * Resolves when the message is committed and synced to disk (at once for a transient one). Calls made one after
   * the other for one conversation are stored in that order.
   *
   * @throws StoaError TOO_LARGE; rejects with StoreUnavailableError when the store cannot take writes.
   */
  accept(sender: Sender, receiver: Receiver, outgoing: Outgoing): Promise<Accepted> {
    const content = packValue(outgoing.content);
    if (content.length > limits.contentBytes) {
      throw new StoaError(
        'TOO_LARGE',
        `The content has ${content.length} bytes; the limit is ${limits.contentBytes}.`,
      );
    }
    const now = this.#clock.now();
    const flags = outgoing.flags ?? messageFlags.deliveryReceipt | messageFlags.readReceipt;
    const message = {
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
      special: null,
    };
    const addresses: FrameAddresses = { from: sender.address, to: receiver.address };
    if (flags & messageFlags.transient) {
      return Promise.resolve(this.#transient(message, addresses, receiver.uid));
    }

    const conversation = { kind: 'pair', aid: sender.aid, a: sender.uid, b: receiver.uid } as const;
    const asked = performance.now();
    // Every message comes through here: a plain chain costs half of what the steps of an async function do.
    return this.#log.append({ ...message, conversation }).then((appended) => {
      this.#onCommitted((performance.now() - asked) / 1000);
      const { mid, conv, seq, ts, duplicate } = appended;
      const answer = { conv, seq, mid, ts };
      if (duplicate) return this.#repeated(answer, addresses, receiver.uid);
      const stored: StoredMessage = { ...message, mid, conv, seq, ts };
      return { answer, announce: () => this.#announce(stored, addresses, receiver.uid) };
    });
  }

  /**
   * A repeated send is announced again, because the first announcement may have died with a node; but as it was
   * stored then, whatever was sent this time.
   */
  async #repeated(
    answer: Accepted['answer'],
    addresses: FrameAddresses,
    receiver: number,
  ): Promise<Accepted> {
    const first = await this.#log.find(answer.mid);
    const conversation = first && (await this.#log.conversation(first.conv));
    if (first === undefined || conversation?.key.kind !== 'pair') return { answer, announce: () => {} };
    const { a, b } = conversation.key;
    if ((first.sender === a ? b : a) !== receiver) {
      throw new StoaError('CONFLICT', `The id ${first.id} was used for a message to somebody else.`, {
        hint: 'Ids increase with every message of a device.',
      });
    }
    // What has expired meanwhile is for the log to tell.
    const announce = (): void => {
      if (!isExpired(first, this.#clock.now())) this.#announce(first, addresses, receiver);
    };
    return { answer, announce };
  }

  #announce(message: StoredMessage, addresses: FrameAddresses, receiver: number): void {
    const { conv, seq, content, sender } = message;
    if (content === null) return;
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
