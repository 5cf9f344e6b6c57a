import type { Bus } from '@stoa/bus';
import { groupFlags, limits, messageFlags, packValue, StoaError } from '@stoa/protocol';
import type { Group, GroupStore, MessageLog, NewMessage, StoredMessage } from '@stoa/storage';
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';
import type { Directory } from '../directory/index.ts';
import { type GroupEvent, publishToUser, subjects } from '../events.ts';
import type { Gone } from './gone.ts';
import { judged, type MessageJudge, noJudge } from './judge.ts';
import { isMarkEvent, MarkFrames, markChangeOf } from './mark-frames.ts';
import { encodedFrame, encodedMessage, type FrameAddresses } from './message-frame.ts';
import type { Accepted, Outgoing, Sender } from './messages.ts';
import { type MessageObserver, nobody } from './observer.ts';
import { TransientIds } from './transient-ids.ts';

export interface GroupMessagesOptions {
  readonly log: MessageLog;
  readonly groups: Pick<GroupStore, 'nextInTurn' | 'receipts' | 'joinedBehind'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly gone: Gone;
  readonly directory: Directory;
  /** Seconds from asking the store to the commit, for each message. */
  readonly onCommitted?: (seconds: number) => void;
  readonly observer?: MessageObserver;
  readonly judge?: MessageJudge;
}

/** Accepts messages to groups: one entry of the log and one event, whatever the number of members. */
export class GroupMessages {
  readonly #options: GroupMessagesOptions;
  readonly #marks: MarkFrames;
  readonly #transientIds = new TransientIds();
  /** Who had the last transient message of a conversation whose members get messages in turn. */
  readonly #turns = new BoundedMap<number, number>(10_000);

  constructor(options: GroupMessagesOptions) {
    this.#options = options;
    this.#marks = new MarkFrames(options.directory);
  }

  /**
   * As Messages.accept. Whether the sender may send, or make this change, was asked before.
   *
   * @throws StoaError TOO_LARGE, or CONFLICT for an id that was used for a message to somebody else
   */
  accept(
    sender: Sender,
    group: Group,
    outgoing: Outgoing,
    beforeStored: () => void = () => {},
  ): Promise<Accepted> {
    const { judge = noJudge, clock } = this.#options;
    if (!judge.active) return this.acceptUnjudged(sender, group, outgoing);
    return judge.judge(sender, { gid: group.gid }, outgoing).then((judgement) => {
      beforeStored();
      return judged(judgement, outgoing, clock.now(), this.#transientIds, (changed) =>
        this.acceptUnjudged(sender, group, changed),
      );
    });
  }

  /** The same, past the modules of the server: for what they send themselves. */
  async acceptUnjudged(sender: Sender, group: Group, outgoing: Outgoing): Promise<Accepted> {
    const { clock, log, onCommitted = () => {}, observer = nobody } = this.#options;
    const content = packValue(outgoing.content);
    if (content.length > limits.contentBytes) {
      throw new StoaError(
        'TOO_LARGE',
        `The content has ${content.length} bytes; the limit is ${limits.contentBytes}.`,
      );
    }
    const now = clock.now();
    const { event, target, age, flags = defaultFlags } = outgoing;
    const mark = markChangeOf(event, outgoing.content);
    const change =
      event !== undefined && target !== undefined ? { event, target, ...(mark && { mark }) } : undefined;
    const message: NewMessage = {
      conversation: { kind: 'group', aid: group.aid, gid: group.gid },
      sender: sender.uid,
      dev: sender.dev,
      id: outgoing.id,
      ts: now,
      type: outgoing.type ?? 0,
      flags,
      localId: outgoing.localId ?? 0,
      ref: change === undefined ? (outgoing.ref ?? null) : null,
      // A change goes with its target, not by itself.
      expiresAt: change === undefined ? now + (outgoing.expiry ?? limits.expirySeconds) * 1000 : 0,
      // What a mark says is kept with its target.
      content: event === undefined || event === 'edit' ? content : packValue({}),
      ...(change === undefined ? (age === undefined ? {} : { age }) : { change }),
    };
    const addresses: FrameAddresses = { from: sender.address, gid: group.gid };
    const isStored = (flags & messageFlags.transient) === 0 && (group.flags & groupFlags.noStorage) === 0;
    if (!isStored) return this.#transient(group, message, addresses);
    const asked = performance.now();
    const noted = observer.wants(group.aid);
    const { mid, conv, seq, ts, duplicate, epoch, receiver } = await log.append(
      noted ? { ...message, noted } : message,
    );
    onCommitted((performance.now() - asked) / 1000);
    const answer = { conv, seq, mid, ts };
    // Of what is repeated or changes another message, the log knows best what is to be announced.
    const inTurn = receiver !== undefined || (group.flags & groupFlags.receiveRoundRobin) !== 0;
    const isMark = change !== undefined && isMarkEvent(change.event);
    if (duplicate || (change !== undefined && (inTurn || !isMark))) {
      const to = inTurn ? { to: await this.#readers(group.conv, seq) } : {};
      const about = duplicate ? { epoch: beforeAll } : await this.#aboutChange(group.conv, change, epoch);
      return this.#fromLog(group, answer, addresses, { ...about, ...to });
    }
    const special =
      change !== undefined
        ? { ...nothingSpecial, event: change.event, target: change.target }
        : age === undefined
          ? null
          : { ...nothingSpecial, age };
    const { conversation: _, ...fields } = message;
    const stored: StoredMessage = { ...fields, content, mid, conv, seq, ts, special };
    if (noted) await observer.stored({ aid: group.aid, message: stored, ...addresses });
    return {
      answer,
      announce: () => {
        const bytes = encodedMessage(stored, content, addresses);
        const to = receiver === undefined ? {} : { to: [sender.uid, receiver] };
        this.#publish(conv, { type: 'group-message', seq, epoch, bytes, from: addresses.from, ...to });
      },
    };
  }

  async #fromLog(
    group: Group,
    answer: Accepted['answer'],
    addresses: FrameAddresses,
    about: Pick<GroupMessageEvent, 'epoch' | 'to' | 'unseenBy'>,
  ): Promise<Accepted> {
    const { log, gone, observer = nobody } = this.#options;
    const first = await log.find(answer.mid);
    if (first === undefined) return { answer, announce: () => {} };
    if (first.conv !== group.conv) {
      throw new StoaError('CONFLICT', `The id ${first.id} was used for a message to somebody else.`, {
        hint: 'Ids increase with every message of a device.',
      });
    }
    if (observer.wants(group.aid)) await observer.stored({ aid: group.aid, message: first, ...addresses });
    const marks = await this.#marks.of(first.special);
    const bytes = encodedFrame(first, addresses, await gone.reasonFor(first, first.sender), { marks });
    const { conv, seq } = first;
    const { from } = addresses;
    return {
      answer,
      announce: () => this.#publish(conv, { type: 'group-message', seq, bytes, from, ...about }),
    };
  }

  /** What was sent before somebody joined stays unknown to him when it is changed. */
  async #aboutChange(
    conv: number,
    change: { readonly target: number } | undefined,
    epoch: number,
  ): Promise<Pick<GroupMessageEvent, 'epoch' | 'unseenBy'>> {
    if (change === undefined) return { epoch };
    const query = { conv, seq: change.target, limit: newcomersTold + 1 };
    const unseenBy = await this.#options.groups.joinedBehind(query);
    if (unseenBy.length > newcomersTold) return { epoch: beforeAll };
    return unseenBy.length === 0 ? { epoch } : { epoch, unseenBy };
  }

  /** Who may read this place, where that is one in turn. */
  async #readers(conv: number, seq: number): Promise<number[]> {
    const readers = await this.#options.groups.receipts({ conv, seq, limit: readersTold });
    return readers.map(({ uid }) => uid);
  }

  async #transient(group: Group, message: NewMessage, addresses: FrameAddresses): Promise<Accepted> {
    const { conversation: _, ...fields } = message;
    const mid = this.#transientIds.next(message.ts);
    const passing: StoredMessage = { ...fields, mid, conv: 0, seq: 0, special: null };
    const isLooped = (group.flags & groupFlags.receiveLoopback) !== 0;
    const answer = { conv: 0, seq: 0, mid, ts: message.ts };
    if ((group.flags & groupFlags.receiveRoundRobin) !== 0) {
      const receiver = await this.#takeTurn(group.conv, message.sender);
      return {
        answer,
        announce: () => {
          if (receiver === undefined) return;
          const bytes = encodedMessage(passing, message.content, addresses);
          publishToUser(this.#options.bus, receiver, { type: 'frame', bytes, droppable: true });
        },
      };
    }
    return {
      answer,
      announce: () => {
        const bytes = encodedMessage(passing, message.content, addresses);
        this.#publish(group.conv, {
          type: 'group-frame',
          to: 'receivers',
          bytes,
          from: addresses.from,
          droppable: true,
          ...(isLooped ? {} : { exceptDev: message.dev }),
        });
      },
    };
  }

  async #takeTurn(conv: number, sender: number): Promise<number | undefined> {
    const after = this.#turns.get(conv) ?? 0;
    const next = await this.#options.groups.nextInTurn({ conv, sender, after });
    if (next !== undefined) this.#turns.set(conv, next);
    return next;
  }

  #publish(conv: number, event: GroupEvent): void {
    this.#options.bus.publish(subjects.group(conv), event);
  }
}

type GroupMessageEvent = Extract<GroupEvent, { type: 'group-message' }>;

const defaultFlags = messageFlags.deliveryReceipt | messageFlags.readReceipt;
/** Of a message that was for everybody, until the group's members began to take turns: the others find it in the log. */
const readersTold = 100;
/** For more than these, everybody's place in the log is looked up. */
const newcomersTold = 100;
/** Of which epoch a repeated message is, nobody knows any more: no member is sent it unless the log says that it is for him. */
const beforeAll = -1;
const nothingSpecial = {
  event: null,
  target: null,
  age: null,
  dueAt: null,
  editedAt: null,
  gone: null,
  marks: null,
};
