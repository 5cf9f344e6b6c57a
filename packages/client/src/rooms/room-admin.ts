import { groupFlags, memberFlags, type RoomAsk } from '@stoa/protocol';
import type { RoomAsking, RoomTarget } from './room-types.ts';

/** What somebody who controls a room does with others; rejects with PERMISSION_DENIED where he may not. */
export class RoomAdmin {
  readonly #gid: number;
  readonly #ask: RoomAsking;

  constructor(gid: number, ask: RoomAsking) {
    this.#gid = gid;
    this.#ask = ask;
  }

  /**
   * Mutes these, or all others without `who`. `lock`: they cannot end it themselves. With `on: false` they are asked to
   * unmute themselves: nobody's microphone is turned on by others.
   */
  async mute(
    who: readonly RoomTarget[] | undefined,
    { on = true, audio = true, video = false, lock = false } = {},
  ): Promise<void> {
    await this.#ask('rooms.control', {
      gid: this.#gid,
      action: 'mute',
      ...targets(who),
      on,
      audio,
      video,
      lock,
    });
  }

  /** Has these leave the room, or all others. */
  async hangup(who?: readonly RoomTarget[]): Promise<void> {
    await this.#ask('rooms.control', { gid: this.#gid, action: 'hangup', ...targets(who) });
  }

  /** Lets users publish who only watch; their `rights` event tells them. This takes the rights to `addUser` and `modify`. */
  async promote(users: readonly string[]): Promise<void> {
    await this.#ask('groups.members.add', { gid: this.#gid, users: [...users], grant: memberFlags.publish });
  }

  /** Has users only watch; what they publish ends at once. Administrators can be demoted, too. */
  async demote(users: readonly string[]): Promise<void> {
    await this.#ask('groups.members.update', {
      gid: this.#gid,
      users: [...users],
      revoke: memberFlags.publish,
    });
  }

  /** Nobody new gets in, or (`on` false) everybody who may again. This takes the right to `modify` the group. */
  lock(on = true): Promise<void> {
    return this.#flag(groupFlags.locked, on);
  }

  /** Whoever comes has to be let in, see client.rooms.queue(); those who are in stay. This takes the right to `modify`. */
  useWaitingRoom(on = true): Promise<void> {
    return this.#flag(groupFlags.waitingRoom, on);
  }

  /** Asks these, or all others, for something; their applications decide. */
  async ask(who: readonly RoomTarget[] | undefined, ask: RoomAsk): Promise<void> {
    await this.#ask('rooms.control', { gid: this.#gid, action: 'ask', ...targets(who), ask });
  }

  async #flag(flag: number, on: boolean): Promise<void> {
    const gid = this.#gid;
    const { flags } = (await this.#ask('groups.get', { gid })).group;
    await this.#ask('groups.update', { gid, flags: on ? flags | flag : flags & ~flag });
  }
}

function targets(who: readonly RoomTarget[] | undefined) {
  return who === undefined ? {} : { who: who.map((target) => ({ ...target })) };
}
