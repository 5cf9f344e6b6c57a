import type { Bus } from '@stoa/bus';
import {
  encodeSent,
  groupFlags,
  msgpackCodec,
  type PresenceFrame,
  type SendFrame,
  type SendPresenceFrame,
  StoaError,
} from '@stoa/protocol';
import type { CursorAdvance, Group } from '@stoa/storage';
import { type GroupEvent, subjects } from '../events.ts';
import type { Attachments } from '../files/index.ts';
import type { GroupSending } from '../groups/index.ts';
import type { Changes, Delivery, GroupMessages } from '../messages/index.ts';
import type { GroupReceipts } from '../receipts/index.ts';
import type { Schedule } from '../scheduled/index.ts';
import type { Connection } from './connection.ts';
import { withFile } from './message-file.ts';
import type { SendOrder } from './send-order.ts';
import type { SessionIdentity } from './session.ts';

/** What every session of a node uses for groups. */
export interface GroupServices {
  readonly bus: Bus;
  readonly changes: Changes;
  readonly files: Pick<Attachments, 'claim'>;
  readonly groupSending: GroupSending;
  readonly groupMessages: GroupMessages;
  readonly groupReceipts: GroupReceipts;
  readonly schedule: Pick<Schedule, 'accept'>;
  readonly onAccepted: () => void;
}

export interface GroupTrafficOptions {
  readonly services: GroupServices;
  readonly identity: SessionIdentity;
  readonly connection: Connection;
  readonly delivery: Delivery;
  /** The order of what the session sends, to whomever. */
  readonly sends: SendOrder;
}

/** Publishes what was prepared, at once. */
export type Publish = () => void;

/** What a session says to groups, and of their messages. */
export class GroupTraffic {
  readonly #options: GroupTrafficOptions;

  constructor(options: GroupTrafficOptions) {
    this.#options = options;
  }

  send(frame: SendFrame, gid: number): Promise<void> {
    const { services, identity, connection, delivery, sends } = this.#options;
    return sends.run(
      frame.id,
      async () => {
        const group = await this.#openOrStored(frame, gid);
        const isStored = (group.flags & groupFlags.noStorage) === 0;
        if (isStored) await withFile(services, identity, frame, group);
        const { id, at } = frame;
        const kept =
          at === undefined
            ? undefined
            : await services.schedule.accept(identity, { gid }, { id, at, message: frame });
        return { group, kept };
      },
      async ({ group, kept }, requireOrder) => {
        if (kept !== undefined) {
          connection.write({ t: 'scheduled', id: frame.id, at: kept });
          return;
        }
        const accepting = services.groupMessages.accept(identity, group, frame, requireOrder);
        accepting.catch((error: unknown) => sends.failed(frame.id, error));
        const { answer, announce } = await accepting;
        connection.writeEncoded(encodeSent({ id: frame.id, ...answer }));
        const isLooped = (group.flags & groupFlags.receiveLoopback) !== 0;
        if (!isLooped && delivery.isGroup(answer.conv)) delivery.skipOwn(answer.conv, answer.seq);
        services.onAccepted();
        announce();
      },
    );
  }

  /** A send that is repeated after its sender lost his right has the answer that he could not hear. */
  #openOrStored(frame: SendFrame, gid: number): Promise<Group> {
    const { services, identity } = this.#options;
    return this.#open(frame, gid).catch(async (error: unknown) => {
      const isRefused = error instanceof StoaError && !error.retryable;
      if (!isRefused || !(await services.changes.isRepeated(identity.uid, identity.dev, frame.id)))
        throw error;
      return services.groupSending.find(identity, gid);
    });
  }

  /** Typing and the like: what publishes it; undefined when nobody is to hear it. */
  async presence({ value, interval }: SendPresenceFrame, gid: number): Promise<Publish | undefined> {
    const { services, identity } = this.#options;
    const group = await services.groupSending.openForPresence(identity, gid);
    if (group === undefined) return undefined;
    const presence: PresenceFrame = {
      t: 'presence',
      from: identity.address,
      gid,
      value,
      ...(interval === undefined ? {} : { interval }),
    };
    const event: GroupEvent = {
      type: 'group-frame',
      to: 'receivers',
      bytes: msgpackCodec.encode(presence) as Uint8Array,
      from: identity.address,
      exceptDev: identity.dev,
      droppable: true,
    };
    return () => services.bus.publish(subjects.group(group.conv), event);
  }

  /**
   * Undefined when the conversation is no group's that the device was told of; else a promise that settles when a read
   * mark is stored, or could not be.
   */
  acknowledged(conv: number, seq: number, kind: CursorAdvance['kind']): Promise<void> | undefined {
    const { services, identity, delivery } = this.#options;
    const counts = delivery.inGroup(conv, seq, kind);
    if (counts === undefined) return undefined;
    const stored = services.groupReceipts.add(identity, conv, { kind, ...counts }) ?? taken;
    if (kind !== 'read') return stored;
    // Not before: a mark that is repeated after a failure is told to as many as the first one would have been.
    return stored.then(() => delivery.readInGroup(conv, counts.seq));
  }

  async #open({ id, event, target, content }: SendFrame, gid: number): Promise<Group> {
    const { services, identity } = this.#options;
    const { aid, uid, dev } = identity;
    const group = await services.groupSending.open(identity, gid);
    if (event === 'pin' || content.mentions?.some(({ all }) => all)) {
      await services.groupSending.requireModify(identity, gid);
    }
    if (event !== undefined && target !== undefined) {
      await services.changes.require({ aid, uid, dev, id, receiver: uid, gid, event, target, content });
    }
    return group;
  }
}

const taken = Promise.resolve();
