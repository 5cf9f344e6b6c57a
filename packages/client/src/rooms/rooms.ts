import { type OperationResponse, type RoomInfo, type RoomNoticeFrame, StoaError } from '@stoa/protocol';
import { IceServers } from '../calls/index.ts';
import type { ClientHost } from '../client-host.ts';
import type { Clock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import { Groups } from '../groups/index.ts';
import { Queue } from './queue.ts';
import { Room } from './room.ts';
import type { RoomPlatform } from './room-platform.ts';
import type { RoomAsking } from './room-types.ts';
import { Waiting } from './waiting.ts';

/** How rooms behave. */
export interface RoomSettings {
  /** Default: the browser's WebRTC, where there is one. Without, no room can be joined. */
  readonly platform?: RoomPlatform | undefined;
  /** Only through TURN servers. Default: false. */
  readonly relayOnly?: boolean;
}

export interface RoomsOptions {
  readonly settings: RoomSettings;
  readonly roomPlatform: RoomPlatform | undefined;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly host: Pick<ClientHost, 'events' | 'self' | 'ask'>;
}

/**
 * The rooms of a client: `client.rooms`. A room is the call of a group; whether one goes on in a group, the client's
 * `room` event tells its members.
 */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #servers: IceServers;
  readonly #rooms = new Map<number, Room>();
  readonly #joining = new Map<number, Promise<Room | undefined>>();
  /** What comes of a room between the answer to joining it and its being heard. */
  readonly #early = new Map<number, RoomNoticeFrame[]>();
  readonly #waiting = new Map<number, Waiting>();
  #leaveEnvironment = (): void => {};

  constructor(options: RoomsOptions) {
    const { host, clock } = options;
    this.#options = options;
    const ask = () => host.ask('request', 'calls.servers', {}, { timeoutMs: 5_000 });
    this.#servers = new IceServers(ask as () => Promise<OperationResponse<'calls.servers'>>, clock);
    host.events.on('roomSignal', (frame) => this.#received(frame));
    host.events.on('status', ({ state }) => {
      for (const room of this.all) {
        if (state === 'online') void room.online();
        else room.offline();
      }
    });
  }

  /** Whether rooms can be joined at all: whether this is a browser with WebRTC. */
  get available(): boolean {
    return this.#options.roomPlatform !== undefined;
  }

  /** Rooms that this page is in. */
  get all(): readonly Room[] {
    return [...this.#rooms.values()];
  }

  /**
   * Joins the room of a group, and begins it when nobody is in it. Nothing is published by that; the sound of the
   * others comes by itself. The same room again is the same object.
   *
   * @returns undefined when somebody has to let the user in: see waiting()
   * @throws StoaError PERMISSION_DENIED, WRONG_PIN, ROOM_LOCKED, TOO_MANY, NOT_FOUND; UNAVAILABLE without a connection or WebRTC
   */
  join(gid: number, { pin }: { readonly pin?: number } = {}): Promise<Room | undefined> {
    const there = this.#rooms.get(gid);
    if (there !== undefined) return Promise.resolve(there);
    const joining = this.#joining.get(gid) ?? this.#begin(gid, pin);
    return joining.then((room) => {
      if (room === undefined && !this.#waiting.has(gid)) this.#wait(gid);
      return room;
    });
  }

  /** The user waits in front of the room of a group; undefined when he does not. */
  waiting(gid: number): Waiting | undefined {
    return this.#waiting.get(gid);
  }

  /** Who waits in front of the room of a group, for those who may `admit`. It is to be closed in the end. */
  queue(gid: number): Queue {
    const { events } = this.#options.host;
    const onListenerError = (event: string, error: unknown): void =>
      events.listenerFailed(`queue ${event}`, error);
    return new Queue({ gid, events, groups: new Groups(this.#options.host), onListenerError });
  }

  /** How the room of a group is; undefined when nobody is in it. */
  async look(gid: number): Promise<RoomInfo | undefined> {
    return (await this.#ask('rooms.get', { gid })).room;
  }

  /** @internal Leaves all rooms of this page. */
  stop(): void {
    for (const room of this.all) void room.leave();
    for (const waiting of this.#waiting.values()) waiting.leave().catch(() => {});
  }

  #wait(gid: number): void {
    const { clock, host } = this.#options;
    const { events } = host;
    const waiting = new Waiting({
      gid,
      events,
      clock,
      join: () => this.join(gid),
      withdraw: () => this.#ask('rooms.leave', { gid }),
      onListenerError: (event, error) => events.listenerFailed(`waiting ${event}`, error),
    });
    this.#waiting.set(gid, waiting);
    waiting.on('status', () => this.#waiting.delete(gid));
  }

  #begin(gid: number, pin: number | undefined): Promise<Room | undefined> {
    this.#early.set(gid, []);
    const joining = this.#join(gid, pin).finally(() => {
      this.#joining.delete(gid);
      this.#early.delete(gid);
    });
    this.#joining.set(gid, joining);
    return joining;
  }

  async #join(gid: number, pin: number | undefined): Promise<Room | undefined> {
    const { roomPlatform: platform, clock, host, settings } = this.#options;
    if (platform === undefined) {
      throw new StoaError('UNAVAILABLE', 'There is no WebRTC here.', {
        hint: 'Join from a browser, or hand in a platform for rooms.',
      });
    }
    const {
      joined,
      room: info,
      pass,
    } = await this.#ask('rooms.join', {
      gid,
      ...(pin === undefined ? {} : { pin }),
    });
    const { self } = host;
    if (!joined || info === undefined || self?.dev === undefined) return undefined;
    const room = new Room({
      info,
      pass,
      self: { user: self.address, dev: self.dev },
      platform,
      clock,
      configuration: async () => ({
        iceServers: await this.#servers.current(),
        iceTransportPolicy: settings.relayOnly === true ? 'relay' : 'all',
      }),
      ask: this.#ask,
      onOver: (over) => {
        if (this.#rooms.get(gid) === over) this.#rooms.delete(gid);
        if (this.#rooms.size === 0) this.#leaveEnvironment();
      },
      onListenerError: (event, error) => host.events.listenerFailed(`room ${event}`, error),
    });
    this.#rooms.set(gid, room);
    this.#leaveEnvironment();
    this.#leaveEnvironment = this.#options.environment.subscribe((change) => {
      if (change === 'online') for (const each of this.all) each.networkChanged();
    });
    for (const frame of this.#early.get(gid) ?? []) room.notice(frame.session, frame.event);
    return room;
  }

  #received(frame: RoomNoticeFrame): void {
    const { gid, session, event } = frame;
    if (event.type === 'started') {
      this.#options.host.events.emit('room', { gid, isActive: true, by: event.by });
      return;
    }
    if (event.type === 'over') {
      this.#options.host.events.emit('room', { gid, isActive: false });
      return;
    }
    const room = this.#rooms.get(gid);
    if (room !== undefined) room.notice(session, event);
    else this.#early.get(gid)?.push(frame);
  }

  readonly #ask: RoomAsking = (op, body) =>
    this.#options.host.ask('request', op, body, { repeatable: false, timeoutMs: 15_000 }) as Promise<never>;
}
