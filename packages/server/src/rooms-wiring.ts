import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Bus } from '@stoa/bus';
import type { MediaEngine, WorkerEngineOptions } from '@stoa/media';
import { StoaError } from '@stoa/protocol';
import type { Group, Store } from '@stoa/storage';
import type { Logger } from 'pino';
import type { Access, Subject } from './access/index.ts';
import type { Background } from './background.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import { backendOf, isMember, type Joining, may } from './groups/index.ts';
import type { ServersFor } from './ice-servers.ts';
import { TokenBuckets } from './limits/index.ts';
import { mediaDoor } from './media-door-wiring.ts';
import { type Metrics, observeMedia } from './metrics/index.ts';
import { expireRecordings, Recordings } from './recordings/index.ts';
import { RoomNodes } from './room-nodes/index.ts';
import { memberLimits, rulesOf, strictest } from './room-rules.ts';
import {
  MediaTokens,
  mediaOperations,
  type Rights,
  type RoomDevice,
  type RoomGroup,
  RoomPasses,
  Rooms,
  roomOperations,
  type UserLimits,
  Whep,
  Whip,
} from './rooms/index.ts';
import { generateToken } from './secret-token.ts';
import type { Settings } from './settings/index.ts';
import type { SessionServices } from './socket/session.ts';

export interface RoomsWiringOptions {
  readonly settings: Settings;
  /** Name of this node, unique in the installation. */
  readonly node: string;
  /** Whether there may be other nodes. */
  readonly hasOthers: boolean;
  readonly store: Pick<Store, 'groups' | 'roomLeases' | 'settings' | 'users'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly background: Background;
  readonly directory: Directory;
  readonly joining: Pick<Joining, 'enter' | 'withdraw' | 'admit'>;
  readonly access: Pick<Access, 'restricts' | 'require'>;
  readonly roomLimits: (subject: Subject) => Promise<UserLimits>;
  /** What the app's rules leave of the rights that a group gives a user. */
  readonly roomRights: (subject: Subject, rights: Rights) => Promise<Rights>;
  readonly serversFor: ServersFor;
  readonly engine: MediaEngine | undefined;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly onError: (error: unknown) => void;
}

type RoomOperations = Pick<
  SessionServices['operations'],
  Extract<keyof SessionServices['operations'], `rooms.${string}`>
>;

type Connections = Omit<WorkerEngineOptions, 'workers' | 'onWorkerLost'>;

/** Joins rooms with the rest of a node: the rights that their groups give, the media plane, and other nodes. */
export async function startRooms(options: RoomsWiringOptions) {
  const { settings, node, hasOthers, store, joining, access, roomRights, roomLimits, serversFor, ...others } =
    options;
  const { logger, clock, background, engine, metrics, ...common } = others;
  const connections = await connectionOptions(settings);
  const group = async (aid: number, gid: number): Promise<Group> => {
    const found = await store.groups.find(gid);
    const isThere =
      found !== undefined &&
      found.aid === aid &&
      !found.deleted &&
      (found.expiresAt === null || found.expiresAt > clock.now());
    if (!isThere) throw new StoaError('NOT_FOUND', `There is no group ${gid}.`);
    return found;
  };
  const membersAmong = async (gid: number, uids: readonly number[]) => {
    const found = await store.groups.membersAmong(gid, uids);
    return new Map(
      found.filter((member) => isMember(member, clock.now())).map((member) => [member.uid, member]),
    );
  };
  const buckets = new TokenBuckets({ capacity: requestsAtOnce, fillMs: requestsFillMs, now: clock.now });
  const delay = (uid: number): number => buckets.take(uid);
  const nodes = hasOthers
    ? new RoomNodes({ ...common, node, clock, leases: store.roomLeases, rooms: () => rooms, delay })
    : undefined;
  const recordings = new Recordings(settings.recordingsDir, clock);
  expireRecordings({ recordings, background, days: settings.recordingRetentionDays, logger });
  const rooms: Rooms = new Rooms({
    ...common,
    recordings,
    clock,
    delay,
    ownership: nodes?.ownership,
    openEngine: async () => engine ?? openEngine(settings, connections, logger),
    groupOf: async (aid, gid): Promise<RoomGroup> => {
      const { conv, name, flags, settings: own } = await group(aid, gid);
      return { conv, name, rules: rulesOf(settings, own, flags) };
    },
    rightsOf: async (aid, gid, uids) => {
      const found = await group(aid, gid);
      const members = await membersAmong(gid, uids);
      return new Map(
        await Promise.all(
          uids.map(
            async (uid) => [uid, await roomRights({ aid, uid }, rightsOf(found, members.get(uid)))] as const,
          ),
        ),
      );
    },
    limitsOf: async (aid, gid, uids) => {
      const members = await membersAmong(gid, uids);
      return new Map(
        await Promise.all(
          uids.map(async (uid) => {
            const own = memberLimits(members.get(uid)?.calls);
            return [uid, strictest(own, await roomLimits({ aid, uid }))] as const;
          }),
        ),
      );
    },
    enter: (device, gid, pin) => joining.enter(device, gid, pin),
    withdraw: async (device, gid) => {
      try {
        await joining.withdraw(device, gid);
      } catch (error) {
        // Nobody waits for a group that is no more.
        if (!(error instanceof StoaError) || error.code !== 'NOT_FOUND') throw error;
      }
    },
    admit: async (aid, gid, uids) => {
      try {
        await joining.admit(backendOf(aid), gid, uids);
      } catch (error) {
        // The group is no more, or has no room for them as members: nobody is kept inside then.
        if (!(error instanceof StoaError) || error.retryable) throw error;
      }
    },
  });
  observeMedia(metrics.registry, () => rooms.mediaTotals());
  await nodes?.open();
  const secret = await store.settings.setOnce('rooms.media-tokens', generateToken());
  const tokens = new MediaTokens({ secret, now: clock.now });
  const requireMayJoin = async (device: RoomDevice, gid: number): Promise<void> => {
    if (!access.restricts(device.aid)) return;
    await access.require(device, 'joinRoom');
    if (await isEmpty(operations, device, gid)) await access.require(device, 'startRoom');
  };
  const standingOf = (uid: number) => store.users.find(uid);
  const sessions = { ...common, rooms, requireMayJoin, standingOf, tokens };
  const ofMedia = mediaOperations({ whip: new Whip(sessions), whep: new Whep(sessions) });
  const own = { ...roomOperations(rooms, new RoomPasses({ secret, now: clock.now })), ...ofMedia };
  const routed = nodes?.route(own) ?? own;
  const { 'media.open': open, 'media.find': find, 'media.end': end, ...operations } = routed;
  return {
    media: mediaDoor({
      operations: { 'media.open': open, 'media.find': find, 'media.end': end },
      tokens,
      serversFor,
    }),
    recordings,
    operations: {
      ...operations,
      'rooms.join': async (device, request) => {
        await requireMayJoin(device, request.gid);
        return operations['rooms.join'](device, request);
      },
    } satisfies RoomOperations,
    engine: () => rooms.openEngine(),
    rooms: {
      get count(): number {
        return rooms.count;
      },
      connectionEnded(device: RoomDevice): void {
        if (nodes === undefined) rooms.connectionEnded(device);
        else nodes.connectionEnded(device);
      },
      /** To be called about once a second, and when what apps let their users do has changed. */
      tick(rightsChanged = false): void {
        rooms.tick(rightsChanged);
        nodes?.tick();
      },
      /** The node is going to end: where there are others, they get its rooms. */
      drain: async (): Promise<void> => nodes?.drain(),
      async close(): Promise<void> {
        await rooms.close();
        await nodes?.close();
      },
    },
  };
}

/** Whether who joins begins the room. Who may not know (he may become a member by joining) is taken for one who does. */
async function isEmpty(
  operations: ReturnType<typeof roomOperations>,
  device: RoomDevice,
  gid: number,
): Promise<boolean> {
  try {
    return (await operations['rooms.get'](device, { gid })).room === undefined;
  } catch (error) {
    if (error instanceof StoaError && error.code === 'PERMISSION_DENIED') return true;
    throw error;
  }
}

function rightsOf(group: Group, member: Parameters<typeof may>[2]): Rights {
  const actions = {
    publish: 'publish',
    subscribe: 'subscribe',
    list: 'list',
    control: 'callControl',
    hangup: 'hangup',
    admit: 'addUser',
    record: 'record',
  } as const;
  const rights = Object.keys(actions) as (keyof typeof actions)[];
  return new Set(rights.filter((right) => may(actions[right], group, member) === 'yes'));
}

async function openEngine(
  { mediaWorkers }: Settings,
  connections: Connections,
  logger: Logger,
): Promise<MediaEngine> {
  // Its native code is loaded by those who need it.
  const { LocalEngine, WorkerEngine } = await import('@stoa/media');
  if (mediaWorkers === 0) return new LocalEngine(connections);
  return new WorkerEngine({
    ...connections,
    ...(mediaWorkers === null ? {} : { workers: mediaWorkers }),
    onWorkerLost: (lost) => logger.error(lost, 'a process that forwards audio and video has ended'),
  });
}

/** Media comes from everywhere, also where HTTP comes through a proxy on this machine. */
async function connectionOptions({ mediaAddress, mediaPorts: ports }: Settings): Promise<Connections> {
  return mediaAddress === null ? { ports } : { ports, announcedAddresses: await addressesOf(mediaAddress) };
}

/** ICE wants addresses. */
async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw new Error(`STOA_MEDIA_ADDRESS: the host name ${host} cannot be resolved`, { cause: error });
  }
}

/** Requests that a user may make about rooms at once, and the time in which as many may follow. */
const requestsAtOnce = 200;
const requestsFillMs = 20_000;
