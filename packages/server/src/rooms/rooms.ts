import { randomBytes } from 'node:crypto';
import type { Subscription } from '@stoa/bus';
import type { MediaEngine, MediaTotals } from '@stoa/media';
import { limits, type RoomInfo, StoaError } from '@stoa/protocol';
import { type GroupEvent, subjects } from '../events.ts';
import { insideTheNewDoor, mayEnter, mayHaveForgotten, nobodyMay, requireUnlocked } from './door.ts';
import { FollowedUsers } from './followed-users.ts';
import { LiveRoom } from './live-room.ts';
import { gidOfMedia } from './media-names.ts';
import { People } from './people.ts';
import { keyOf, type Participant, type ParticipantKey, type Rights, type RoomRules } from './room-state.ts';
import type { RoomDevice, RoomGroup, RoomsOptions } from './rooms-options.ts';
import { tellDevices, tellMembers } from './telling.ts';
import { roomInfo } from './view.ts';

/** A room of this node, and what it listens to. */
interface Hosted {
  readonly room: LiveRoom;
  readonly aid: number;
  readonly gid: number;
  readonly group: Subscription;
  /** Here, in milliseconds since 1970. */
  readonly begunAt: number;
  /** It was at another node before. */
  readonly goesOn: boolean;
  /** Those in it. */
  readonly users: FollowedUsers;
  /** Members know that it goes on. */
  isAnnounced: boolean;
  /** How often the group was changed since it is listened to. */
  changes: number;
  reviewing: boolean;
  /** What the participants may do could not be asked. */
  isStale: boolean;
}

/** The rooms of this node: the calls of groups. A room is there while somebody is in it. */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #hosted = new Map<number, Hosted>();
  readonly #beginning = new Map<number, Promise<Hosted>>();
  readonly #startedAt: number;
  #engine: Promise<MediaEngine> | undefined;

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  get count(): number {
    return this.#hosted.size;
  }

  /** What the media plane does; nothing before the first room. */
  async mediaTotals(): Promise<readonly MediaTotals[]> {
    return (await this.#engine)?.totals() ?? [];
  }

  /**
   * Resolves to undefined when the user has to be let into the group first. `wasInside`: he has shown that he was in the
   * room, which counts where that may have been forgotten.
   */
  async join(
    device: RoomDevice,
    gid: number,
    pin: number | undefined,
    wasInside = false,
  ): Promise<RoomInfo | undefined> {
    const { groupOf, enter } = this.#options;
    const { aid, uid, dev } = device;
    this.#spend(uid);
    const group = await groupOf(aid, gid);
    const found = this.#hosted.get(gid);
    const participants = found?.room.state.participants ?? People.none;
    let rights = await this.#rights(aid, gid, uid);
    // Where it is not here yet, that is decided when it is known where it comes from.
    const returns = wasInside && (found === undefined || this.#mayHaveForgotten(found));
    requireUnlocked({ rules: group.rules, participants }, { uid, rights, returns });
    if (!mayEnter(rights) || pin !== undefined) {
      if (!(await enter(device, gid, pin))) return undefined;
      rights = await this.#rights(aid, gid, uid);
    }
    if (!mayEnter(rights))
      throw new StoaError('PERMISSION_DENIED', 'The user may neither publish nor watch here.');
    this.#requireRoomForDevice(keyOf(uid, dev), gid);
    for (;;) {
      const hosted = await this.#host(aid, gid, group);
      try {
        const info = await this.#enter(hosted, device, wasInside && this.#mayHaveForgotten(hosted));
        // Otherwise it has ended meanwhile: it begins anew.
        if (info !== undefined) return info;
      } finally {
        this.#endIfEmpty(hosted);
      }
    }
  }

  async #enter(hosted: Hosted, device: RoomDevice, returns: boolean): Promise<RoomInfo | undefined> {
    const { aid, uid, dev, address, as, plays } = device;
    const { changes, room, gid } = hosted;
    // Asked once more, now that changes are heard: what is decided on is what counts.
    const rights = await this.#rights(aid, gid, uid);
    if (!mayEnter(rights))
      throw new StoaError('PERMISSION_DENIED', 'The user may neither publish nor watch here.');
    const name = (await this.#options.directory.byUid(uid))?.name ?? '';
    const limits = (await this.#options.limitsOf?.(aid, gid, [uid]))?.get(uid) ?? {};
    if (this.#hosted.get(gid) !== hosted) return undefined;
    const isBack = room.state.participants.has(keyOf(uid, dev));
    room.take({ type: 'join', joiner: { uid, dev, address, name, rights, limits, returns, as, plays } });
    if (isBack) room.repeat(keyOf(uid, dev));
    const followed = hosted.users.follow(device);
    if (hosted.changes !== changes) this.#review(hosted);
    if (!hosted.isAnnounced)
      tellMembers(this.#options.bus, room.state.facts, { type: 'started', by: address, name });
    hosted.isAnnounced = true;
    // What happens to the user from now on is heard of, or has been.
    await followed;
    const own = room.state.participants.get(keyOf(uid, dev));
    if (own === undefined) throw new StoaError('NOT_IN_ROOM');
    return roomInfo(room.state, own);
  }

  #mayHaveForgotten({ begunAt, goesOn }: Hosted): boolean {
    return mayHaveForgotten({ nodeStartedAt: this.#startedAt, begunAt, goesOn }, this.#options.clock.now());
  }

  async leave(device: RoomDevice, gid: number): Promise<void> {
    const key = keyOf(device.uid, device.dev);
    const room = this.#hosted.get(gid)?.room;
    if (room?.state.participants.has(key) !== true) return this.#options.withdraw(device, gid);
    room.take({ type: 'leave', key, reason: 'left' });
  }

  /** How a room is; undefined when nobody is in it. */
  async get(device: RoomDevice, gid: number): Promise<RoomInfo | undefined> {
    const { aid, uid, dev } = device;
    this.#spend(uid);
    await this.#options.groupOf(aid, gid);
    const hosted = this.#hosted.get(gid);
    const own = hosted?.room.state.participants.get(keyOf(uid, dev));
    if (hosted !== undefined && own !== undefined) return roomInfo(hosted.room.state, own);
    const rights = await this.#rights(aid, gid, uid);
    if (rights.size === 0) throw new StoaError('PERMISSION_DENIED', 'The user has no rights in the room.');
    return hosted === undefined ? undefined : roomInfo(hosted.room.state, rights);
  }

  /**
   * The room that a device is in, for what it asks of it.
   *
   * @throws StoaError NOT_IN_ROOM, or RATE_LIMITED
   */
  of(
    { uid, dev }: Pick<RoomDevice, 'uid' | 'dev'>,
    gid: number,
  ): { room: LiveRoom; key: ParticipantKey; own: Participant } {
    this.#spend(uid);
    const key = keyOf(uid, dev);
    const room = this.#hosted.get(gid)?.room;
    const own = room?.state.participants.get(key);
    if (room === undefined || own === undefined) throw new StoaError('NOT_IN_ROOM');
    return { room, key, own };
  }

  /** The last connection of a device has ended: it is waited for, in the rooms to which it came by that. */
  connectionEnded({ uid, dev }: Pick<RoomDevice, 'uid' | 'dev'>, cameBy = (_gid: number) => true): void {
    const key = keyOf(uid, dev);
    for (const { room, gid } of this.#hosted.values()) if (cameBy(gid)) room.take({ type: 'lost', key });
  }

  /** The rooms that are here. */
  get gids(): number[] {
    return [...this.#hosted.keys()];
  }

  has(gid: number): boolean {
    return this.#hosted.has(gid);
  }

  /** The room is to be at another node: its participants are told to join again. */
  giveUp(gid: number): void {
    const hosted = this.#hosted.get(gid);
    if (hosted === undefined) return;
    this.#hosted.delete(gid);
    this.#unsubscribe(hosted);
    const { facts, participants } = hosted.room.state;
    tellDevices(this.#options.bus, facts, participants.values(), { type: 'moved' });
    this.#closeMedia(hosted);
  }

  /** To be called about once a second; `rightsChanged`: what users may do has changed, whatever their groups say. */
  tick(rightsChanged = false): void {
    for (const hosted of this.#hosted.values()) {
      hosted.room.take({ type: 'tick' });
      // The store could not be asked; until it is, what was taken away is not.
      if (hosted.isStale || rightsChanged) this.#review(hosted);
    }
  }

  async close(): Promise<void> {
    const all = [...this.#hosted.values()];
    for (const hosted of all) this.#unsubscribe(hosted);
    this.#hosted.clear();
    await Promise.allSettled(all.map(({ room }) => room.endRecording()));
    const engine = await this.#engine?.catch(() => undefined);
    await engine?.close();
  }

  /** The media plane of this node, which begins with the first room. */
  openEngine(): Promise<MediaEngine> {
    this.#engine ??= this.#startEngine();
    return this.#engine;
  }

  async #startEngine(): Promise<MediaEngine> {
    try {
      const engine = await this.#options.openEngine();
      engine.onEvent((event) => {
        const room = this.#hosted.get(gidOfMedia(event.room))?.room;
        if (room?.mediaId === event.room) room.heard(event);
      });
      return engine;
    } catch (error) {
      // The next room tries again.
      this.#engine = undefined;
      throw error;
    }
  }

  async #host(aid: number, gid: number, group: RoomGroup): Promise<Hosted> {
    const found = this.#hosted.get(gid);
    if (found !== undefined) return found;
    const known = this.#beginning.get(gid);
    if (known !== undefined) return known;
    const beginning = this.#begin(aid, gid, group).finally(() => this.#beginning.delete(gid));
    this.#beginning.set(gid, beginning);
    return beginning;
  }

  async #begin(aid: number, gid: number, { conv, name, rules }: RoomGroup): Promise<Hosted> {
    const { bus, clock, ownership, recordings, onError } = this.#options;
    const engine = await this.openEngine();
    const session = randomBytes(12).toString('base64url');
    const alone = { startedAt: clock.now(), goesOn: false };
    const { startedAt, goesOn } = (await ownership?.take(gid)) ?? alone;
    const facts = { aid, gid, conv, session, startedAt };
    const room = await LiveRoom.open({
      facts,
      rules,
      engine,
      clock,
      beginRecording: (by) => recordings.begin({ aid, gid, name, by }),
      tell: (to, notice) => tellDevices(bus, facts, to, notice),
      onGone: (key) => {
        hosted.users.unfollow(key);
        this.#endIfEmpty(hosted);
      },
      onError,
    }).catch((error: unknown) => {
      ownership?.giveBack(gid);
      throw error;
    });
    // Before it is there, nobody is in it.
    const review = (): void => {
      const found = this.#hosted.get(gid);
      if (found !== undefined) this.#review(found);
    };
    const changed = (event: unknown) => (event as GroupEvent).type === 'group-changed' && review();
    const group = await bus.subscribe(subjects.group(conv), changed, review).catch((error: unknown) => {
      ownership?.giveBack(gid);
      room.close().catch(onError);
      throw error;
    });
    const onSignedOut = (key: ParticipantKey): void => room.take({ type: 'leave', key, reason: 'signedOut' });
    const users = new FollowedUsers({ bus, onSignedOut, onError });
    const hosted: Hosted = {
      room,
      aid,
      gid,
      group,
      begunAt: clock.now(),
      goesOn,
      users,
      isAnnounced: goesOn,
      changes: 0,
      reviewing: false,
      isStale: false,
    };
    this.#hosted.set(gid, hosted);
    return hosted;
  }

  /** Asks what everybody in the room may do now; again, when the group is changed meanwhile. */
  #review(hosted: Hosted): void {
    hosted.changes += 1;
    if (hosted.reviewing) return;
    hosted.reviewing = true;
    hosted.isStale = false;
    this.#reviewAll(hosted).catch((error: unknown) => {
      hosted.reviewing = false;
      hosted.isStale = true;
      this.#options.onError(error);
    });
  }

  async #reviewAll(hosted: Hosted): Promise<void> {
    const { aid, gid, room } = hosted;
    let seen: number;
    do {
      seen = hosted.changes;
      const people = [...room.state.participants.values()];
      const uids = [...new Set(people.map(({ uid }) => uid))];
      const rules = await this.#rules(hosted);
      const inside = insideTheNewDoor(room.state, rules);
      if (inside.length > 0) await this.#options.admit(aid, gid, inside);
      const rights = await this.#options.rightsOf(aid, gid, uids).catch(nobodyMay);
      const limits = await this.#options.limitsOf?.(aid, gid, uids);
      const byKey = people.map(({ key, uid }) => [key, rights.get(uid) ?? new Set()] as const);
      // Who has come meanwhile was asked about when he came.
      const others = [...room.state.participants.values()].filter(
        ({ key }) => !people.some((each) => each.key === key),
      );
      const rest = others.map(({ key, rights: has }) => [key, has] as const);
      const limitsByKey = people.map(({ key, uid }) => [key, limits?.get(uid) ?? {}] as const);
      const changed = { rules, rights: new Map([...byKey, ...rest]), limits: new Map(limitsByKey) };
      room.take({ type: 'rights', ...changed });
    } while (seen !== hosted.changes);
    // At once: what changes from here on is reviewed anew.
    hosted.reviewing = false;
  }

  async #rules({ aid, gid, room }: Hosted): Promise<RoomRules> {
    try {
      return (await this.#options.groupOf(aid, gid)).rules;
    } catch (error) {
      if (error instanceof StoaError && error.code === 'NOT_FOUND') return room.state.rules;
      throw error;
    }
  }

  #endIfEmpty(hosted: Hosted): void {
    if (hosted.room.state.participants.size > 0 || this.#hosted.get(hosted.gid) !== hosted) return;
    this.#hosted.delete(hosted.gid);
    this.#unsubscribe(hosted);
    if (hosted.isAnnounced) tellMembers(this.#options.bus, hosted.room.state.facts, { type: 'over' });
    this.#options.ownership?.giveBack(hosted.gid);
    this.#closeMedia(hosted);
  }

  #closeMedia({ room }: Hosted): void {
    room.close().catch((error: unknown) => {
      if (!(error instanceof StoaError)) this.#options.onError(error);
    });
  }

  #unsubscribe({ group, users }: Hosted): void {
    group.unsubscribe();
    users.stop();
  }

  async #rights(aid: number, gid: number, uid: number): Promise<Rights> {
    return (await this.#options.rightsOf(aid, gid, [uid])).get(uid) ?? new Set();
  }

  #requireRoomForDevice(key: ParticipantKey, gid: number): void {
    let count = 0;
    for (const hosted of this.#hosted.values()) {
      if (hosted.gid !== gid && hosted.room.state.participants.has(key)) count += 1;
    }
    if (count >= limits.roomsPerDevice)
      throw new StoaError('TOO_MANY', `A device is in ${limits.roomsPerDevice} rooms at the most.`);
  }

  #spend(uid: number): void {
    const wait = this.#options.delay(uid);
    if (wait > 0) throw new StoaError('RATE_LIMITED', undefined, { retryAfterMs: wait });
  }
}
