import { randomInt } from 'node:crypto';
import { groupFlags, limits, memberFlags, type OperationRequest, StoaError } from '@stoa/protocol';
import type { Group, GroupMember, GroupPin, GroupRequest } from '@stoa/storage';
import type { Directory, Person } from '../directory/index.ts';
import { type Caller, requireMay } from './callers.ts';
import type { Decision, GroupCore, GroupState } from './group-core.ts';
import { endOf } from './group-settings.ts';
import type { Groups } from './groups.ts';
import { admittedMember, newMember } from './member-changes.ts';
import { pinLimitsAfter } from './member-limits.ts';
import { has, mustWait, usualPermissions } from './permissions.ts';

type PinSettings = Omit<OperationRequest<'groups.pins.add'>, 'gid'>;

export interface JoiningOptions {
  readonly core: GroupCore;
  readonly groups: Groups;
  readonly directory: Directory;
  /** Counts wrong PINs of a user: milliseconds that he must wait. */
  readonly wrongPins: { take(uid: number): number; delay(uid: number): number };
}

/** How users become members by themselves: with a PIN, by asking, or just so. */
export class Joining {
  readonly #core: GroupCore;
  readonly #groups: Groups;
  readonly #directory: Directory;
  readonly #wrongPins: JoiningOptions['wrongPins'];

  constructor({ core, groups, directory, wrongPins }: JoiningOptions) {
    this.#core = core;
    this.#groups = groups;
    this.#directory = directory;
    this.#wrongPins = wrongPins;
  }

  /**
   * Resolves to whether the user is a member now; otherwise he waits to be let in.
   *
   * @throws StoaError WRONG_PIN, PIN_NOT_SHARED, RATE_LIMITED after several wrong ones, PERMISSION_DENIED,
   * ROOM_LOCKED, TOO_MANY
   */
  async join(caller: Caller & { readonly uid: number }, gid: number, pin?: number): Promise<boolean> {
    await this.#core.removeOver(caller.aid, gid, [caller.uid]);
    return this.#core.change(caller, gid, (state) => this.#join(state, caller.uid, pin));
  }

  /**
   * Brings a user to the door of the group's room, as a member where he may become one. Resolves to whether it is open
   * for him; otherwise he waits to be admitted.
   *
   * @throws StoaError as join() does
   */
  async enter(caller: Caller & { readonly uid: number }, gid: number, pin?: number): Promise<boolean> {
    await this.#core.removeOver(caller.aid, gid, [caller.uid]);
    return this.#core.change(caller, gid, async (state) => {
      const decision = await this.#join(state, caller.uid, pin);
      const member = decision.change?.put?.[0] ?? state.own;
      if (!decision.result || member === undefined || !mustWait(state.group, member)) return decision;
      await this.#requireRoomToWait(gid);
      return { change: { ...decision.change, putRequests: [caller.uid] }, result: false };
    });
  }

  /** The user waits no longer, if he did. */
  withdraw(caller: Caller & { readonly uid: number }, gid: number): Promise<void> {
    return this.#core.change(caller, gid, async () => {
      const waiting = await this.#waiting(gid);
      if (!waiting.includes(caller.uid)) return { result: undefined };
      return { change: { removeRequests: [caller.uid] }, answered: [caller.uid], result: undefined };
    });
  }

  /** Lets users in, whether they have asked or not: those who are inside when a waiting room is made. */
  async admit(caller: Caller, gid: number, uids: readonly number[]): Promise<void> {
    await this.#core.removeOver(caller.aid, gid, uids);
    await this.#core.change(caller, gid, ({ group }) => this.#letIn(group, uids, undefined));
  }

  async #join({ group, own }: GroupState, uid: number, pin: number | undefined): Promise<Decision<boolean>> {
    const { gid, flags } = group;
    if (own !== undefined) return { result: true };
    if (has(flags, groupFlags.locked)) throw new StoaError('ROOM_LOCKED');
    if (pin !== undefined) {
      const found = await this.#proven(uid, gid, pin);
      await this.#groups.requireRoomFor(group, [uid]);
      const { flags: permissions, calls, stay } = found;
      const limits = { ...(calls && { calls }), ...(stay !== undefined && { stay }) };
      const member = newMember(group, uid, { permissions, ...limits }, this.#core.clock.now());
      return { change: { put: [{ ...member, pin }], ...used(found, uid) }, result: true };
    }
    if (has(flags, groupFlags.autoAddMember)) {
      await this.#groups.requireRoomFor(group, [uid]);
      return { change: { put: [newMember(group, uid, {}, this.#core.clock.now())] }, result: true };
    }
    const isOpen = has(flags, groupFlags.publishByAnyone | groupFlags.subscribeByAnyone);
    if (!has(flags, groupFlags.joinByRequest) && !(has(flags, groupFlags.waitingRoom) && isOpen)) {
      throw new StoaError('PERMISSION_DENIED', `One joins group ${gid} with a PIN, or is added to it.`);
    }
    await this.#requireRoomToWait(gid);
    return { change: { putRequests: [uid] }, result: false };
  }

  async #requireRoomToWait(gid: number): Promise<void> {
    if ((await this.#core.store.countRequests(gid)) >= limits.groupRequests) {
      throw new StoaError('TOO_MANY', `${limits.groupRequests} users wait to be let in, as many as may.`);
    }
  }

  async pins(caller: Caller, gid: number): Promise<GroupPin[]> {
    const { group, own } = await this.#core.state(caller, gid);
    requireMay('listPin', group, own, caller);
    return this.#core.store.pins(gid);
  }

  addPin(caller: Caller, gid: number, settings: PinSettings): Promise<GroupPin> {
    return this.#core.change(caller, gid, async (state) => {
      requireMay('addPin', state.group, state.own, caller);
      const pins = await this.#core.store.pins(gid);
      if (pins.length >= limits.groupPins) {
        throw new StoaError('TOO_MANY', `A group has ${limits.groupPins} PINs at the most.`);
      }
      let number = randomPin();
      while (pins.some(({ pin }) => pin === number)) number = randomPin();
      const usual = usualPermissions(state.group);
      const empty = { pin: number, flags: usual, admin: 0, expiresAt: null, usesLeft: null, holder: null };
      return this.#put(empty, settings);
    });
  }

  /** @throws StoaError NOT_FOUND when the group has no such PIN */
  updatePin(caller: Caller, gid: number, pin: number, settings: PinSettings): Promise<GroupPin> {
    return this.#core.change(caller, gid, async (state) => {
      requireMay('addPin', state.group, state.own, caller);
      return this.#put(await this.#pin(gid, pin), settings);
    });
  }

  /**
   * Members who are to go with the PIN by which they joined are removed before it.
   *
   * @throws StoaError NOT_FOUND when the group has no such PIN
   */
  async removePin(caller: Caller, gid: number, pin: number): Promise<void> {
    const removeSome = (): Promise<boolean> =>
      this.#core.change(caller, gid, async ({ group, own }) => {
        requireMay('removePin', group, own, caller);
        await this.#pin(gid, pin);
        const before = await this.#membersWith(gid, pin);
        const remove = before.map(({ uid }) => uid);
        const isLast = before.length < limits.groupUsersPerRequest;
        const change = isLast ? { remove, removePins: [pin] } : { remove };
        return { change, before, result: isLast };
      });
    while (!(await removeSome()));
  }

  /** Removes members who are to go with a PIN that has expired; resolves to the number of such PINs. */
  async endExpiredPins(limit: number): Promise<number> {
    const { store, clock } = this.#core;
    const flags = memberFlags.deleteWithPin;
    const expired = await store.expiredPins({ now: clock.now(), flags, limit });
    for (const { aid, gid, pin } of expired) {
      await this.#core.change({ aid, uid: null, address: null }, gid, async () => {
        const found = (await store.pins(gid)).find((one) => one.pin === pin);
        if (found === undefined || !isOver(found, clock.now())) return { result: undefined };
        const before = await this.#membersWith(gid, pin);
        if (before.length === 0) return { result: undefined };
        return { change: { remove: before.map(({ uid }) => uid) }, before, result: undefined };
      });
    }
    return expired.length;
  }

  /** Who waits to be let in, the first one first. */
  async requests(
    caller: Caller,
    gid: number,
    after: GroupRequest | undefined,
    limit: number,
  ): Promise<(GroupRequest & { readonly person: Person | undefined })[]> {
    const { group, own } = await this.#core.state(caller, gid);
    requireMay('addUser', group, own, caller);
    const query = after === undefined ? { gid, limit } : { gid, limit, after };
    const requests = await this.#core.store.requests(query);
    return Promise.all(
      requests.map(async (request) => ({ ...request, person: await this.#directory.byUid(request.uid) })),
    );
  }

  /** Lets those in, or sends those away, who have asked; others are left out. */
  async answer(
    caller: Caller,
    gid: number,
    { users, accept, permissions }: Omit<OperationRequest<'groups.requests.answer'>, 'gid'>,
  ): Promise<void> {
    const people = await Promise.all(users.map((address) => this.#directory.byAddress(caller.aid, address)));
    const named = new Set(people.flatMap((person) => (person === undefined ? [] : [person.uid])));
    await this.#core.removeOver(caller.aid, gid, [...named]);
    await this.#core.change(caller, gid, async ({ group, own }: GroupState) => {
      requireMay('addUser', group, own, caller);
      const uids = (await this.#waiting(gid)).filter((uid) => named.has(uid));
      if (uids.length === 0) return { result: undefined };
      if (accept) return { ...(await this.#letIn(group, uids, permissions)), answered: uids };
      const before = await this.#core.membersAmong(gid, uids);
      return { change: { removeRequests: uids }, before, answered: uids, result: undefined };
    });
  }

  async #letIn(
    group: Group,
    uids: readonly number[],
    permissions: number | undefined,
  ): Promise<Decision<undefined>> {
    const before = await this.#core.membersAmong(group.gid, uids);
    const members = new Map(before.map((member) => [member.uid, member]));
    await this.#groups.requireRoomFor(
      group,
      uids.filter((uid) => !members.has(uid)),
    );
    const put = uids.map((uid) => {
      const change = permissions === undefined ? {} : { permissions };
      const member = members.get(uid) ?? newMember(group, uid, change, this.#core.clock.now());
      return admittedMember(group, { ...member, flags: permissions ?? member.flags });
    });
    return { change: { put }, before, result: undefined };
  }

  async #waiting(gid: number): Promise<number[]> {
    const requests = await this.#core.store.requests({ gid, limit: limits.groupRequests });
    return requests.map(({ uid }) => uid);
  }

  #put(pin: GroupPin, { permissions, expiry, uses, shared, ...limits }: PinSettings) {
    const changed: GroupPin = {
      pin: pin.pin,
      admin: pin.admin,
      flags: permissions ?? pin.flags,
      ...pinLimitsAfter(pin, limits),
      expiresAt: expiry === undefined ? pin.expiresAt : endOf(expiry, this.#core.clock.now()),
      usesLeft: uses === undefined ? pin.usesLeft : uses === 0 ? null : uses,
      holder: shared === undefined ? pin.holder : shared ? null : (pin.holder ?? 0),
    };
    return { change: { putPins: [changed] }, result: changed };
  }

  #membersWith(gid: number, pin: number): Promise<GroupMember[]> {
    const flags = memberFlags.deleteWithPin;
    return this.#core.store.membersWithPin({ gid, pin, flags, limit: limits.groupUsersPerRequest });
  }

  async #pin(gid: number, number: number): Promise<GroupPin> {
    const found = (await this.#core.store.pins(gid)).find(({ pin }) => pin === number);
    if (found === undefined) throw new StoaError('NOT_FOUND', `Group ${gid} has no such PIN.`);
    return found;
  }

  /** Whoever guesses is held up before he is told whether he was right. */
  async #proven(uid: number, gid: number, number: number): Promise<GroupPin> {
    const wait = this.#wrongPins.delay(uid);
    if (wait > 0) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs: wait });
    const now = this.#core.clock.now();
    const found = (await this.#core.store.pins(gid)).find(({ pin }) => pin === number);
    if (found !== undefined && !isOver(found, now) && found.usesLeft !== 0) {
      if (found.holder === null || found.holder === 0 || found.holder === uid) return found;
      this.#wrongPins.take(uid);
      throw new StoaError('PIN_NOT_SHARED');
    }
    this.#wrongPins.take(uid);
    throw new StoaError('WRONG_PIN');
  }
}

/** What becomes of a PIN that was used: it goes with its last use, unless members are to go with it. */
function used(pin: GroupPin, uid: number): { putPins?: GroupPin[]; removePins?: number[] } {
  const usesLeft = pin.usesLeft === null ? null : pin.usesLeft - 1;
  if (usesLeft === 0 && !has(pin.flags, memberFlags.deleteWithPin)) return { removePins: [pin.pin] };
  const holder = pin.holder === null ? null : uid;
  return usesLeft === pin.usesLeft && holder === pin.holder
    ? {}
    : { putPins: [{ ...pin, usesLeft, holder }] };
}

const isOver = ({ expiresAt }: GroupPin, now: number): boolean => expiresAt !== null && expiresAt <= now;

/** Nine or ten digits, below 2^32. */
const randomPin = (): number => randomInt(100_000_000, 2 ** 32);
