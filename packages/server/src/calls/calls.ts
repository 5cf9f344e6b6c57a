import { createHash, randomUUID } from 'node:crypto';
import type { Bus } from '@stoa/bus';
import type { MediaEngine } from '@stoa/media';
import {
  type CallLog,
  type CallNoticeFrame,
  type CallRequest,
  type CallRequestFrame,
  msgpackCodec,
  StoaError,
} from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import type { Directory, Person } from '../directory/index.ts';
import { type CallEvent, publishToUser, subjects } from '../events.ts';
import type { PictureRules } from './call-room.ts';
import { CallRooms } from './call-rooms.ts';
import type { CallContext, CallEffect, CallFacts, CallInput, CallStep, CallTimes } from './call-state.ts';
import { Claims, type SaidInput } from './claims.ts';
import { followDevice } from './follow-device.ts';
import { knowsMore, type OwnCall, weightOf } from './own-call.ts';
import { adoptCall, reduce, startCall } from './reduce.ts';
import { deviceOf } from './reduce-relay.ts';
import { type TicketContent, Tickets } from './tickets.ts';

/** The device that says something. */
export interface CallDevice {
  readonly aid: number;
  readonly uid: number;
  readonly dev: number;
}

/** Whether somebody may call somebody. */
export type MayCall = (
  caller: Person,
  callee: Person,
  video: boolean,
) => Promise<'yes' | 'blocked' | 'notAllowed'>;

/** Wakes the devices of somebody whom a call does not reach. */
export interface CallAlarm {
  ring(call: CallFacts): void;
  /** The call has ended, or was answered. */
  stop(call: CallFacts): void;
}

export interface CallsOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Pick<Directory, 'byAddress' | 'byUid'>;
  /** The same on all nodes of the installation. */
  readonly secret: string;
  readonly times: CallTimes;
  readonly mayCall: MayCall;
  /** How long these two may talk, in milliseconds; undefined for as long as they like. */
  readonly longestOf?: (caller: Person, callee: Person) => Promise<number | undefined>;
  /** Stores the message that a call leaves behind. Repeating it with the same id stores nothing. */
  readonly writeLog: (caller: Person, callee: Person, log: CallLog, id: number) => Promise<void>;
  readonly alarm: CallAlarm;
  /** The media plane, for calls whose devices do not reach each other; rejects where there is none. */
  readonly engine: () => Promise<MediaEngine>;
  /** What a user may send through it. */
  readonly pictureRules: (user: Pick<Person, 'aid' | 'uid'>) => Promise<PictureRules>;
  /** The token with which a device has signed in last. */
  readonly tokenOf: (uid: number, dev: number) => Promise<number | undefined>;
  readonly onError: (error: unknown) => void;
}

/**
 * The calls between two people. One node is responsible for a call: the one that the caller's device is connected to,
 * or, when that is gone, the one to which a device of the call comes with its ticket. What devices say at other nodes
 * reaches it over the bus; what it says reaches them like everything else for a user.
 */
export class Calls {
  readonly #options: CallsOptions;
  readonly #node = randomUUID();
  readonly #tickets: Tickets;
  readonly #claims: Claims;
  readonly #rooms: CallRooms;
  readonly #own = new Map<string, OwnCall>();
  /** Calls that are about to be this node's: what is said about them waits. */
  readonly #beginning = new Map<string, Promise<void>>();
  readonly #writing = new Set<Promise<void>>();
  /** Until then it is no wonder that nothing comes from other nodes. */
  #deafUntil = 0;

  constructor(options: CallsOptions) {
    const { bus, clock, secret } = options;
    this.#options = options;
    this.#tickets = new Tickets(secret);
    this.#claims = new Claims({
      bus,
      clock,
      onUnclaimed: (content, inputs) => {
        this.#begin(content.id, () => this.#adopt(content, inputs)).catch(options.onError);
      },
    });
    this.#rooms = new CallRooms({
      engine: options.engine,
      clock,
      rules: async (id, side) => {
        const facts = this.#own.get(id)?.state.facts;
        return facts === undefined
          ? { video: false }
          : options.pictureRules({ ...facts[side], aid: facts.aid });
      },
      follow: async (id, side, onSignedOut) => {
        const state = this.#own.get(id)?.state;
        if (state?.phase !== 'answered') return { unsubscribe: () => {} };
        return followDevice(options, deviceOf(state, side), onSignedOut);
      },
      onInput: (id, input) => this.#take(id, input),
      tell: (id, side, notice) => {
        const state = this.#own.get(id)?.state;
        if (state?.phase === 'answered') this.#tell(id, { ...deviceOf(state, side), notice });
      },
      onError: options.onError,
    });
  }

  /** Calls that have not ended. */
  get count(): number {
    let count = 0;
    for (const { state } of this.#own.values()) if (state.phase !== 'ended') count += 1;
    return count;
  }

  /** A device says something about a call. What it may not say changes nothing. */
  async frame(device: CallDevice, { call, event }: CallRequestFrame): Promise<void> {
    const beginning = this.#beginning.get(call);
    if (beginning !== undefined) {
      await beginning;
      return this.frame(device, { t: 'call', call, event });
    }
    const input: SaidInput = { type: 'said', uid: device.uid, dev: device.dev, event };
    if (this.#own.has(call)) return this.#take(call, input);
    if (event.type === 'invite') return this.#begin(call, () => this.#invite(device, call, event));
    if (event.type !== 'resume' && event.type !== 'alive') return this.#claims.pass(call, input);
    const content = this.#tickets.open(event.ticket);
    if (content?.id !== call || !isOf(content, device)) return this.#refuse(device, call, 'unknown');
    // The caller's node goes first, so that seldom two take the call at once.
    const waitMs = device.uid === content.caller.uid ? claimMs : 2 * claimMs;
    await this.#claims.ask(content, input, waitMs);
  }

  /**
   * A device has signed in: it is told what rings for its user, on whatever node. One that may have `missed` something
   * meanwhile is told how all calls of the user stand, if other nodes can be reached.
   */
  signedIn({ uid, dev }: CallDevice, missed = false): void {
    const { bus } = this.#options;
    const event: CallEvent = { type: 'call-signed-in', uid, dev, missed };
    if (!missed || bus.connected) bus.publish(subjects.callsTo(uid), event);
  }

  /** What users may send in calls may have changed. */
  review(): void {
    this.#rooms.review();
  }

  /** Called about once a second. */
  tick(): void {
    const { bus, clock } = this.#options;
    const now = clock.now();
    if (!bus.connected) this.#deafUntil = now + deafMs;
    const deaf = now < this.#deafUntil;
    for (const [id, own] of this.#own) {
      if (own.state.phase !== 'ended') this.#take(id, { type: 'tick', deaf });
      else if (own.unwritten !== undefined) this.#write(own, own.unwritten);
      else if (now >= own.forgetAt) this.#forget(id, own);
    }
    this.#claims.tick();
  }

  /** Waits for what is being stored. Calls that go on are picked up by another node, or by this one when it is back. */
  async close(): Promise<void> {
    for (const [id, own] of this.#own) this.#forget(id, own);
    this.#claims.close();
    await Promise.all(this.#writing);
  }

  #begin(call: string, begin: () => Promise<void>): Promise<void> {
    const begun = begin().finally(() => this.#beginning.delete(call));
    // Who waits for it looks for himself whether it has come about.
    this.#beginning.set(
      call,
      begun.catch(() => {}),
    );
    return begun;
  }

  async #invite(
    device: CallDevice,
    call: string,
    { peer, video, sdp }: Extract<CallRequest, { type: 'invite' }>,
  ): Promise<void> {
    const { directory, mayCall, longestOf, clock } = this.#options;
    const caller = await directory.byUid(device.uid);
    const callee = await directory.byAddress(device.aid, peer);
    if (caller === undefined || callee === undefined || callee.uid === caller.uid) {
      return this.#refuse(device, call, 'invalidDestination');
    }
    const answer = await mayCall(caller, callee, video);
    if (answer !== 'yes') return this.#refuse(device, call, answer);
    const { uid, address, name } = caller;
    const facts: CallFacts = {
      id: call,
      aid: device.aid,
      caller: { uid, address, name, dev: device.dev },
      callee: { uid: callee.uid, address: callee.address },
      video,
      longest: await longestOf?.(caller, callee),
      invitedAt: clock.now(),
    };
    await this.#takeOver(facts, () => startCall(facts, sdp, this.#context()));
  }

  /** The node that was responsible is gone, or this one was started anew. */
  async #adopt(content: TicketContent, inputs: readonly SaidInput[]): Promise<void> {
    const { directory, longestOf } = this.#options;
    const { caller, callee, answer, ...rest } = content;
    const from = await directory.byUid(caller.uid);
    const to = await directory.byUid(callee.uid);
    if (from === undefined || to === undefined) return;
    const facts: CallFacts = {
      ...rest,
      caller: { ...caller, address: from.address, name: from.name },
      callee: { uid: to.uid, address: to.address },
      longest: await longestOf?.(from, to),
    };
    await this.#takeOver(facts, () => adoptCall(facts, answer, this.#context()));
    for (const input of inputs) this.#take(content.id, input);
  }

  /** From now on this node is responsible: it hears what is said about the call, and who signs in to whom it rings. */
  async #takeOver(facts: CallFacts, begin: () => CallStep): Promise<void> {
    const { bus } = this.#options;
    const { id, caller, callee } = facts;
    const hear = (event: unknown): void => this.#heard(id, event as CallEvent);
    const subscriptions = await Promise.all([
      bus.subscribe(subjects.call(id), hear, () => this.#mayHaveMissed(id)),
      ...[caller, callee].map(({ uid }) => bus.subscribe(subjects.callsTo(uid), hear)),
    ]);
    const { state, effects } = begin();
    const own: OwnCall = { state, steps: 0, subscriptions, unwritten: undefined, forgetAt: 0 };
    this.#own.set(id, own);
    this.#announce(id, own);
    this.#carryOut(own, effects);
  }

  /** Another node may have taken the call for nobody's meanwhile, and devices may have said something. */
  #mayHaveMissed(id: string): void {
    const own = this.#own.get(id);
    if (own === undefined) return;
    this.#announce(id, own);
    this.#take(id, { type: 'unheard' });
  }

  #announce(id: string, own: OwnCall): void {
    const owned: CallEvent = { type: 'call-owned', node: this.#node, steps: weightOf(own) };
    this.#options.bus.publish(subjects.call(id), owned);
  }

  /** Something came over the bus. */
  #heard(id: string, event: CallEvent): void {
    const own = this.#own.get(id);
    if (own === undefined) return;
    switch (event.type) {
      case 'call-said':
        if (event.event.type === 'resume' || event.event.type === 'alive') this.#announce(id, own);
        this.#take(id, { ...event, type: 'said' });
        return;
      case 'call-signed-in':
        this.#take(id, { missed: false, ...event, type: 'signedIn' });
        return;
      case 'call-owned': {
        if (event.node === this.#node) return;
        if (knowsMore(event, { node: this.#node, steps: weightOf(own) })) this.#forget(id, own);
        else this.#announce(id, own);
        return;
      }
    }
  }

  #take(id: string, input: CallInput): void {
    const own = this.#own.get(id);
    if (own === undefined) return;
    const { state, effects } = reduce(own.state, input, this.#context());
    if (state !== own.state) own.steps += 1;
    own.state = state;
    this.#carryOut(own, effects);
  }

  #carryOut(own: OwnCall, effects: readonly CallEffect[]): void {
    const { alarm, clock } = this.#options;
    const { facts } = own.state;
    if (own.state.phase === 'ended' && own.forgetAt === 0) {
      own.forgetAt = clock.now() + rememberMs;
      this.#rooms.close(facts.id);
    }
    for (const effect of effects) {
      switch (effect.type) {
        case 'tell':
          this.#tell(facts.id, effect);
          break;
        case 'openRelay':
          this.#rooms.open(facts.id);
          break;
        case 'connectRelay':
          this.#rooms.connect(facts.id, effect.side, effect.offer);
          break;
        case 'repeatRelay':
          this.#rooms.repeat(facts.id, effect.side);
          break;
        case 'log':
          this.#write(own, effect.log);
          break;
        case 'wake':
          alarm.ring(facts);
          break;
        case 'unwake':
          alarm.stop(facts);
          break;
      }
    }
  }

  #tell(
    call: string,
    { uid, dev, exceptDev, notice }: Omit<Extract<CallEffect, { type: 'tell' }>, 'type'>,
  ): void {
    const frame: CallNoticeFrame = { t: 'call', call, event: notice };
    publishToUser(this.#options.bus, uid, {
      type: 'frame',
      bytes: msgpackCodec.encode(frame) as Uint8Array,
      ...(dev === undefined ? {} : { onlyDev: dev }),
      ...(exceptDev === undefined ? {} : { exceptDev }),
    });
  }

  #refuse({ uid, dev }: CallDevice, call: string, reason: Refusal): void {
    this.#tell(call, { uid, dev, notice: { type: 'ended', reason, seconds: 0 } });
  }

  #write(own: OwnCall, log: CallLog): void {
    own.unwritten = undefined;
    const writing = this.#writeLog(own.state.facts, log)
      .catch((error: unknown) => {
        // What the store cannot take now it may take later; what is refused is always refused.
        if (!(error instanceof StoaError) || error.retryable) own.unwritten = log;
        this.#options.onError(error);
      })
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  async #writeLog({ caller, callee }: CallFacts, log: CallLog): Promise<void> {
    const { directory, writeLog } = this.#options;
    const [from, to] = [await directory.byUid(caller.uid), await directory.byUid(callee.uid)];
    if (from !== undefined && to !== undefined) await writeLog(from, to, log, logId(log.id));
  }

  #forget(id: string, { subscriptions }: OwnCall): void {
    this.#own.delete(id);
    this.#rooms.close(id);
    for (const subscription of subscriptions) subscription.unsubscribe();
  }

  #context(): CallContext {
    const { clock, times } = this.#options;
    return { now: clock.now(), times, ticket: (facts, answer) => this.#tickets.sign({ ...facts, answer }) };
  }
}

type Refusal = 'unknown' | 'invalidDestination' | 'blocked' | 'notAllowed';

/** Whether the device is one of the two, as far as the ticket knows. */
function isOf({ caller, callee, answer }: TicketContent, { uid, dev }: CallDevice): boolean {
  if (uid === caller.uid) return dev === caller.dev;
  return uid === callee.uid && (answer === undefined || dev === answer.dev);
}

/**
 * The idempotency key of a call's message among those of its caller that come from no device: of 2^48 numbers that
 * a back end, which numbers its own from 1 on, does not reach.
 */
function logId(call: string): number {
  return 2 ** 52 + createHash('sha256').update(call).digest().readUIntBE(0, 6);
}

/** How long it is waited for the node that knows a call. */
const claimMs = 1_000;
/** How long after a failure of the bus its subscribers may not have been told of it yet. */
const deafMs = 5_000;
/** How long it is remembered how a call ended. */
const rememberMs = 5 * 60_000;
