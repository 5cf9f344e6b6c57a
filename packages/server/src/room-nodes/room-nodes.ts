import type { Bus } from '@stoa/bus';
import { limits, type RoomInfo, StoaError } from '@stoa/protocol';
import type { RoomLeaseStore } from '@stoa/storage';
import type { Clock } from '../clock.ts';
import type { Rooms } from '../rooms/index.ts';
import { LeaseWatch } from './lease-watch.ts';
import { tellMoved } from './moved.ts';
import { type Answer, type Asked, answerOf, type Caller, resultOf } from './node-answers.ts';
import { NodeLine } from './node-line.ts';
import { RoomElsewhere, RoomLeases, type RoomOwner, type RunningLease } from './room-leases.ts';
import { type RemoteRoom, RoomsElsewhere } from './rooms-elsewhere.ts';

type Handler = (caller: Caller, body: never) => Promise<object>;

export interface RoomNodesOptions {
  readonly node: string;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly leases: RoomLeaseStore;
  /** The rooms of this node. */
  readonly rooms: () => Pick<Rooms, 'has' | 'gids' | 'giveUp' | 'connectionEnded' | 'openEngine'>;
  /** Milliseconds that a user has to wait, who asks for too much at once. */
  readonly delay: (uid: number) => number;
  readonly onError: (error: unknown) => void;
}

/**
 * Rooms among several nodes: what a device asks about a room is carried out by the node that has the room, whichever
 * node the device is connected to. That is the node of the first who joins, until it ends or stops.
 */
export class RoomNodes {
  readonly #options: RoomNodesOptions;
  readonly #leases: RoomLeases;
  readonly #line: NodeLine;
  readonly #watch: LeaseWatch;
  readonly #elsewhere = new RoomsElsewhere();
  /** The nodes by which the participants of this node's rooms have come, by room and device. */
  readonly #cameBy = new Map<number, Map<number, string>>();
  #handlers: ReadonlyMap<string, Handler> = new Map();
  #isDraining = false;
  #stopWatching = (): void => {};

  constructor(options: RoomNodesOptions) {
    const { node, bus, clock, leases: store, onError } = options;
    this.#options = options;
    this.#leases = new RoomLeases({ node, store, clock, onError });
    this.#watch = new LeaseWatch({
      leases: this.#leases,
      clock,
      owners: () => this.#elsewhere.owners,
      onMoved: (owner) => this.#moved(owner),
      onError,
    });
    this.#line = new NodeLine({
      node,
      bus,
      clock,
      onAsked: (from, body) => answerOf(() => this.#serve(from, body as Asked), onError),
      onTold: (from, body) => this.#deviceLost(from, body as DeviceLost),
    });
  }

  async open(): Promise<void> {
    await this.#line.open();
    this.#stopWatching = this.#options.clock.every(watchMs, () => this.#watch.tick());
  }

  /** For the rooms of this node. */
  readonly ownership = {
    take: (gid: number) => {
      if (this.#isDraining) return Promise.reject(new RoomElsewhere());
      return this.#leases.take(gid);
    },
    giveBack: (gid: number): void => {
      this.#cameBy.delete(gid);
      this.#leases.release(gid).catch(this.#options.onError);
    },
  };

  /** The same operations, carried out wherever the room is. */
  route<Handlers extends Readonly<Record<string, Handler>>>(handlers: Handlers): Handlers {
    this.#handlers = new Map(Object.entries(handlers));
    const routed = [...this.#handlers.keys()].map((op) => {
      const handler: Handler = (caller, body) => this.#carryOut({ op, caller, body });
      return [op, handler] as const;
    });
    return Object.fromEntries(routed) as Handlers;
  }

  /** The last connection of a device to this node has ended. */
  connectionEnded(device: Pick<Caller, 'uid' | 'dev'>): void {
    const { node } = this.#options;
    this.#options.rooms().connectionEnded(device, (gid) => {
      return (this.#cameBy.get(gid)?.get(device.dev) ?? node) === node;
    });
    const { uid, dev } = device;
    for (const { node: owner, gid } of this.#elsewhere.lost(dev)) {
      this.#line.tell(owner, { gid, uid, dev } satisfies DeviceLost);
    }
  }

  /** To be called about once a second. */
  tick(): void {
    this.#leases.renew().then(() => this.#giveUpLost(), this.#options.onError);
  }

  /**
   * This node is going to end: others take its rooms, as soon as one of them has a participant. It begins no room any
   * more, but passes on what its devices ask as long as they are connected.
   */
  async drain(): Promise<void> {
    this.#isDraining = true;
    const { node } = this.#options;
    const shared = [...this.#cameBy].filter(([, nodes]) => [...nodes.values()].some((by) => by !== node));
    await Promise.all(shared.map(([gid]) => this.#handOver(gid)));
  }

  async close(): Promise<void> {
    this.#stopWatching();
    this.#line.close();
    await this.#leases.close();
  }

  #carryOut(asked: Asked): Promise<object> {
    const { gid } = asked.body;
    if (joining.has(asked.op)) return this.#join(asked);
    return this.#options.rooms().has(gid) ? this.#here(asked) : this.#there(asked);
  }

  async #here({ op, caller, body }: Asked): Promise<object> {
    const { gid } = body;
    const isOurs = this.#leases.epochOf(gid) !== undefined;
    if (isOurs && !this.#leases.holds(gid)) throw unsure();
    const answer = await this.#handler(op)(caller, body as never);
    if (op === 'rooms.join') {
      this.#noteCame(gid, caller.dev, this.#options.node);
      const outdated = this.#elsewhere.get(gid);
      if (outdated !== undefined) this.#moved(outdated.owner);
    }
    return answer;
  }

  async #there(asked: Asked): Promise<object> {
    const { gid } = asked.body;
    const { op, caller } = asked;
    const known = this.#elsewhere.get(gid);
    const owner = known?.owner ?? (await this.#leases.ownerOf(gid));
    try {
      if (owner === undefined) return await this.#here(asked);
      this.#spend(caller.uid);
      const answer = await this.#ask(owner, asked, answerMs, known?.signal);
      if (op === 'rooms.leave') this.#elsewhere.left(gid, caller.dev);
      return answer;
    } catch (error) {
      if (!(error instanceof RoomElsewhere)) throw error;
      // Nobody is in it, or nobody yet.
      if (answersWithoutRoom(op)) return this.#handler(op)(caller, asked.body as never);
      throw new StoaError('NOT_IN_ROOM');
    }
  }

  /** Joins where the room is; where it is nowhere, it begins here. Goes on looking while it is on its way. */
  async #join(asked: Asked): Promise<object> {
    const { caller, body } = asked;
    const { gid } = body;
    const giveUpAt = this.#options.clock.now() + joinMs;
    let isFirst = true;
    for (;;) {
      try {
        const owner = this.#options.rooms().has(gid) ? undefined : await this.#leases.ownerOf(gid);
        if (owner === undefined) return await this.#here(asked);
        if (isFirst) this.#spend(caller.uid);
        isFirst = false;
        return await this.#joinAt(owner, asked);
      } catch (error) {
        const isOnItsWay =
          error instanceof RoomElsewhere || (error instanceof StoaError && error.code === 'UNAVAILABLE');
        if (!isOnItsWay) throw error;
        if (this.#options.clock.now() >= giveUpAt) throw error instanceof StoaError ? error : unsure();
      }
      await this.#pause();
    }
  }

  async #joinAt(owner: RunningLease, asked: Asked): Promise<object> {
    const { uid, dev } = asked.caller;
    const { gid } = owner;
    // An encoder or player is connected to the owner alone.
    if (asked.op !== 'rooms.join')
      return this.#watch.during(owner, (signal) => this.#ask(owner, asked, answerMs, signal));
    const isIn = this.#elsewhere.get(gid)?.devices.has(dev) === true;
    if (!isIn && this.#elsewhere.countOf(dev) >= limits.roomsPerDevice)
      throw new StoaError('TOO_MANY', `A device is in ${limits.roomsPerDevice} rooms at the most.`);
    const answer = await this.#watch.during(owner, (signal) => this.#ask(owner, asked, joinAnswerMs, signal));
    const known = this.#elsewhere.get(gid);
    if (known !== undefined && known.owner.epoch > owner.epoch) throw new RoomElsewhere();
    if (known !== undefined && known.owner.epoch < owner.epoch) this.#moved(known.owner);
    const { room } = answer as { room?: RoomInfo };
    if (room !== undefined) {
      this.#elsewhere.joined(owner, room.session, { uid, dev });
      // It goes on here, should its node die.
      this.#options.rooms().openEngine().catch(this.#options.onError);
    }
    return answer;
  }

  async #ask(
    owner: RoomOwner,
    { op, caller, body }: Asked,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<object> {
    const { aid, uid, address, dev, tokenId } = caller;
    const asked: Asked = { op, caller: { aid, uid, address, dev, tokenId }, body, epoch: owner.epoch };
    return resultOf((await this.#line.ask(owner.node, asked, waitMs, signal)) as Answer);
  }

  /** Another node asks for one of its devices: its epoch has to be that of the lease, before and afterwards. */
  async #serve(from: string, { op, caller, body, epoch }: Asked): Promise<object> {
    const { gid } = body;
    const isOurs = (): boolean => this.#leases.epochOf(gid) === epoch;
    if (!isOurs() || (!joining.has(op) && !this.#options.rooms().has(gid))) throw new RoomElsewhere();
    if (this.#isDraining) {
      await this.#handOver(gid);
      throw new RoomElsewhere();
    }
    if (!this.#leases.holds(gid)) throw unsure();
    const answer = await this.#handler(op)(caller, body as never);
    if (!isOurs()) throw new RoomElsewhere();
    if (op === 'rooms.join') this.#noteCame(gid, caller.dev, from);
    return answer;
  }

  #deviceLost(from: string, { gid, uid, dev }: DeviceLost): void {
    // It may have come back by another node meanwhile.
    if (this.#cameBy.get(gid)?.get(dev) !== from) return;
    this.#options.rooms().connectionEnded({ uid, dev }, (each) => each === gid);
  }

  #noteCame(gid: number, dev: number, by: string): void {
    if (!this.#options.rooms().has(gid)) return;
    const nodes = this.#cameBy.get(gid) ?? new Map<number, string>();
    this.#cameBy.set(gid, nodes.set(dev, by));
  }

  /** Rooms that are another node's by now end here. */
  #giveUpLost(): void {
    const rooms = this.#options.rooms();
    for (const gid of rooms.gids) {
      if (this.#leases.epochOf(gid) !== undefined) continue;
      this.#cameBy.delete(gid);
      rooms.giveUp(gid);
    }
  }

  async #handOver(gid: number): Promise<void> {
    this.#cameBy.delete(gid);
    await this.#leases.release(gid);
    this.#options.rooms().giveUp(gid);
  }

  /** The owner has the room no more: the devices of this node are to join wherever it is now. */
  #moved(owner: RoomOwner): void {
    const room: RemoteRoom | undefined = this.#elsewhere.moved(owner);
    if (room !== undefined) tellMoved(this.#options.bus, owner.gid, room);
  }

  #handler(op: string): Handler {
    const handler = this.#handlers.get(op);
    if (handler === undefined)
      throw new StoaError('UNKNOWN_OPERATION', `The node of the room has no operation "${op}".`);
    return handler;
  }

  #spend(uid: number): void {
    const wait = this.#options.delay(uid);
    if (wait > 0) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs: wait });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#options.clock.every(pauseMs, () => {
        stop();
        resolve();
      });
    });
  }
}

/** What begins a room that is nowhere. */
const joining: ReadonlySet<string> = new Set(['rooms.join', 'media.open']);

/** What has an answer also where nobody is in the room. */
function answersWithoutRoom(op: string): boolean {
  return op === 'rooms.get' || op === 'rooms.leave' || op.startsWith('media.');
}

/** What the node of a device tells the owner of a room. */
interface DeviceLost {
  readonly gid: number;
  readonly uid: number;
  readonly dev: number;
}

function unsure(): StoaError {
  return new StoaError('UNAVAILABLE', 'The room is changing from one node to another.', {
    hint: 'Join again in a few seconds.',
  });
}

/** How long the owner of a room has to answer. */
const answerMs = 10_000;
/** Shorter, since an answer may be lost, and joining can be repeated. */
const joinAnswerMs = 3_000;
/** For how long a room is looked for; clients wait for 15 seconds. */
const joinMs = 10_000;
const pauseMs = 250;
const watchMs = 250;
