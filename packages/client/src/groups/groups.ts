import { type OperationName, type OperationRequest, type OperationResponse, StoaError } from '@stoa/protocol';
import type { ClientHost } from '../client-host.ts';

type Body<Name extends OperationName> = OperationRequest<Name>;
type Answer<Name extends OperationName> = OperationResponse<Name>;

export type Group = Answer<'groups.get'>['group'];
export type GroupMember = Answer<'groups.members.list'>['members'][number];
export type GroupPin = Answer<'groups.pins.add'>['pin'];
export type GroupRequest = Answer<'groups.requests.list'>['requests'][number];
export type GroupSettings = Omit<Body<'groups.update'>, 'gid'>;
export type NewGroup = Body<'groups.create'>;
export type PinSettings = Omit<Body<'groups.pins.add'>, 'gid'>;
/** What members get; what is not named stays as it is, or is what the group gives by itself. */
export type MemberRights = Pick<
  Body<'groups.members.add'>,
  'permissions' | 'grant' | 'revoke' | 'admin' | 'calls' | 'stay'
>;

/**
 * The groups of the user: making them, their members, PINs and requests to join. Messages to them are sent and read as
 * to users, with the target `{gid}`; what changes is told by `group` events. Everything here needs a connection, and
 * rejects with StoaError: what the server says, such as PERMISSION_DENIED, NOT_A_MEMBER, NOT_FOUND or WRONG_PIN, or
 * UNAVAILABLE.
 *
 * @example
 * const { gid } = await client.groups.create({ name: 'Friends', members: ['bob', 'carol'] });
 * await client.send({ gid }, { content: { text: 'Hello, all' } }).sent;
 */
export class Groups {
  readonly #host: Pick<ClientHost, 'ask'>;

  constructor(host: Pick<ClientHost, 'ask'>) {
    this.#host = host;
  }

  /** Makes a group of which the user is the owner. Members who do not exist are left out. */
  async create(group: NewGroup): Promise<Group> {
    return (await this.#ask('groups.create', group)).group;
  }

  async get(gid: number): Promise<Group> {
    return (await this.#ask('groups.get', { gid })).group;
  }

  /** All groups in which the user is a member. */
  list(): Promise<Group[]> {
    return everyPage(async (cursor) => {
      const { groups, cursor: next } = await this.#ask('groups.list', cursor);
      return { entries: groups, next };
    });
  }

  /** Changes what is named and leaves the rest. */
  async update(gid: number, settings: GroupSettings): Promise<Group> {
    return (await this.#ask('groups.update', { gid, ...settings })).group;
  }

  async delete(gid: number): Promise<void> {
    await this.#ask('groups.delete', { gid });
  }

  /**
   * Becomes a member, with a PIN or where the group lets everybody in.
   *
   * @returns the group, or undefined when somebody has to let the user in: an event tells of it
   */
  async join(gid: number, pin?: number): Promise<Group | undefined> {
    const { joined, group } = await this.#ask('groups.join', { gid, ...(pin === undefined ? {} : { pin }) });
    return joined ? (group ?? (await this.get(gid))) : undefined;
  }

  async leave(gid: number): Promise<void> {
    await this.#ask('groups.leave', { gid });
  }

  /** A page of the members; `cursor` of the answer leads to the next one, and is absent on the last. */
  members(gid: number, page: { limit: number; cursor?: string }): Promise<Answer<'groups.members.list'>> {
    return this.#ask('groups.members.list', { gid, ...page });
  }

  /** Adds users, or changes what is named of those who are members; `unknown`: addresses of nobody. */
  addMembers(
    gid: number,
    users: readonly string[],
    rights: MemberRights = {},
  ): Promise<Answer<'groups.members.add'>> {
    return this.#ask('groups.members.add', { gid, users: [...users], ...rights });
  }

  /** Changes what is named of users who are members. */
  async updateMembers(gid: number, users: readonly string[], rights: MemberRights): Promise<GroupMember[]> {
    return (await this.#ask('groups.members.update', { gid, users: [...users], ...rights })).members;
  }

  async removeMembers(gid: number, users: readonly string[]): Promise<void> {
    await this.#ask('groups.members.remove', { gid, users: [...users] });
  }

  async pins(gid: number): Promise<GroupPin[]> {
    return (await this.#ask('groups.pins.list', { gid })).pins;
  }

  async addPin(gid: number, pin: PinSettings = {}): Promise<GroupPin> {
    return (await this.#ask('groups.pins.add', { gid, ...pin })).pin;
  }

  async updatePin(gid: number, pin: number, settings: PinSettings): Promise<GroupPin> {
    return (await this.#ask('groups.pins.update', { gid, pin, ...settings })).pin;
  }

  async removePin(gid: number, pin: number): Promise<void> {
    await this.#ask('groups.pins.remove', { gid, pin });
  }

  /** Who waits to be let in, the first one first. */
  requests(gid: number): Promise<GroupRequest[]> {
    return everyPage(async (cursor) => {
      const { requests, cursor: next } = await this.#ask('groups.requests.list', { gid, ...cursor });
      return { entries: requests, next };
    });
  }

  /** Lets users in who asked for it, or sends them away. */
  async answerRequests(
    gid: number,
    users: readonly string[],
    accept: boolean,
    permissions?: number,
  ): Promise<void> {
    const more = permissions === undefined ? {} : { permissions };
    await this.#ask('groups.requests.answer', { gid, users: [...users], accept, ...more });
  }

  #ask<Name extends OperationName>(op: Name, body: Body<Name>): Promise<Answer<Name>> {
    return this.#host.ask('request', op, body) as Promise<Answer<Name>>;
  }
}

async function everyPage<Entry>(
  read: (page: { cursor?: string }) => Promise<{ entries: Entry[]; next: string | undefined }>,
): Promise<Entry[]> {
  const all: Entry[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < pagesAtMost; pages += 1) {
    const { entries, next } = await read(cursor === undefined ? {} : { cursor });
    all.push(...entries);
    if (next === undefined) return all;
    cursor = next;
  }
  throw new StoaError('TOO_MANY', 'The server goes on giving pages.');
}

/** More than any of these lists can have. */
const pagesAtMost = 1_000;
