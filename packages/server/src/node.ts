import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Bus } from '@stoa/bus';
import type { MediaEngine } from '@stoa/media';
import type { Store } from '@stoa/storage';
import type { Logger } from 'pino';
import { startAccess } from './access-wiring.ts';
import {
  Administrator,
  Apps,
  devicesPerUser,
  ensureFirstApp,
  type FirstStart,
  retentionDays,
} from './apps/index.ts';
import { backendSending } from './backend-sending.ts';
import { Background } from './background.ts';
import { Blocking } from './blocking/index.ts';
import { callPermission } from './call-permission.ts';
import { startCalling } from './calling.ts';
import { type Clock, systemClock } from './clock.ts';
import { Devices, deviceOperations } from './devices/index.ts';
import { Directory } from './directory/index.ts';
import { Erasures } from './erasure/index.ts';
import { UserExport } from './export/index.ts';
import { startFiling } from './filing.ts';
import { gauge } from './gauges.ts';
import { buildGroups } from './group-wiring.ts';
import { buildHttp } from './http/index.ts';
import { Limits } from './limits/index.ts';
import { listen } from './listen.ts';
import { createLogger } from './logger.ts';
import { MessagePermission } from './message-permission.ts';
import { buildMessaging } from './message-wiring.ts';
import { createMetrics, observeBus } from './metrics/index.ts';
import { startModules } from './module-wiring.ts';
import { openBus } from './open-bus.ts';
import { openStore } from './open-store.ts';
import { Otps } from './otp/index.ts';
import { OtherNodes } from './presence/index.ts';
import { startPresence } from './presence-wiring.ts';
import { previewing } from './previewing.ts';
import type { Reach } from './previews/index.ts';
import { buildProfiles } from './profile-wiring.ts';
import { startPushing } from './pushing.ts';
import { Readiness } from './readiness.ts';
import { startRooms } from './rooms-wiring.ts';
import { Schedule, scheduleOperations } from './scheduled/index.ts';
import { Search, searchOperations } from './search/index.ts';
import type { Settings } from './settings/index.ts';
import { CatchUp } from './socket/catch-up.ts';
import { Sessions } from './socket/sessions.ts';
import { openSocketDoor } from './socket-wiring.ts';
import { sweepRepeatedly } from './sweeping.ts';
import { announceUserChanges } from './user-changes.ts';
import { Users } from './users/index.ts';
import { Values, valueOperations } from './values/index.ts';
import { webPaths } from './web-paths.ts';
import { startWebhooks } from './webhooking.ts';

export interface NodeOptions {
  readonly settings: Settings;
  /** Default: made from the settings. */
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly store?: Store;
  readonly bus?: Bus;
  /** Default: processes of its own, as the settings say. */
  readonly media?: MediaEngine;
  /** Where pages are looked at whose addresses users write. Default: the web. */
  readonly linkReach?: Reach;
}

/** A node that takes connections. */
export interface RunningNode {
  readonly settings: Settings;
  readonly port: number;
  /** Where people on this machine reach it, or its public URL. */
  readonly url: string;
  /** What this start created, to be shown once; undefined when everything was there. */
  readonly firstStart: FirstStart | undefined;
  /** Signed-in connections. */
  readonly sessions: number;
  /**
   * Is not ready from now on and takes no more connections; ends those that are there with the code that says to come
   * back, spread over the time to drain when there are other nodes; stores what is under way, stops. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * The composition root: builds every part of a node, hands each what it needs, and opens the doors.
 *
 * @throws SettingsError, or an Error that says in one line what stands in the way (port taken, data in use …).
 * @example
 * const node = await startNode({ settings: loadSettings({ env: process.env }) });
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { settings, clock = systemClock, logger = createLogger(settings.logLevel) } = options;
  const onError = (error: unknown): void => logger.error({ err: error }, 'a background task failed');
  const { now } = clock;
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const store = options.store ?? (await openStore(settings.database));
  const bus = options.bus ?? (await openBus({ natsUrl: settings.natsUrl, settings: store.settings, logger }));
  const hasOthers = options.bus !== undefined || settings.natsUrl !== null;
  const readiness = new Readiness(store, bus);
  const metrics = createMetrics({ processMetrics: true });
  observeBus(metrics.registry, bus);

  const publish = announceUserChanges(bus);
  const apps = new Apps({ store, now, publish });
  const administrator = new Administrator(store.settings);
  const otps = new Otps({ store, now });
  const limits = new Limits(settings, now);
  const { appToken, adminPassword } = settings;
  const firstStart = await ensureFirstApp({
    apps,
    administrator,
    settings: store.settings,
    presets: { appToken, adminPassword },
  });

  const directory = new Directory(store.users, () => bus.connected);
  const blocking = new Blocking({ values: store.values, clock, hears: () => bus.connected });
  /** What most parts of a node need. */
  const common = { settings, store, bus, clock, directory, blocking, metrics, logger, onError };
  const node = randomUUID();
  const webhooking = await startWebhooks({
    ...common,
    node,
    tellsOf: (sender) => access.may(sender, 'haveHooked'),
  });
  const { observer } = webhooking;
  const { modules, login } = await startModules({
    ...common,
    sending: () => ({ send: sending.sendUnjudged, sendToGroup: groupParts.sendUnjudged }),
  });
  const { access, ...permissions } = await startAccess({
    ...common,
    onChanged: [() => reviewPresence(), () => roomParts.rooms.tick(true), () => calls.review()],
  });
  const judge = new MessagePermission({
    ...common,
    ...permissions,
    access,
    modules,
    requireSend: (sender, gid) => groupParts.sending.requireSend(sender, gid),
  });
  const messaging = buildMessaging({ ...common, observer, access, judge });
  const { gone, messages, changes, history, receipts } = messaging;
  const files = await startFiling({ settings, store, clock, permissions, onError });
  const groupParts = buildGroups({
    ...common,
    gone,
    files: files.attachments,
    onCommitted: (seconds) => metrics.storeCommit.observe(seconds),
    onAccepted: () => metrics.messagesAccepted.http.add(),
    observer,
    access,
    judge,
  });
  const { leaveGroups, groupReceipts } = groupParts;
  const profileParts = buildProfiles({ store, directory, blocking, files, bus, clock, publish, onError });
  const users = new Users({ store, now, publish, tokensPerUser: settings.tokensPerUser, leaveGroups });
  const others = new OtherNodes({ node, bus, clock, onDied: () => catchUp.requestAll() });
  const presence = await startPresence({
    ...common,
    ...permissions,
    ...profileParts.presence,
    node,
    others,
    onCame: (uid) => {
      webhooking.onCame(uid);
      login(uid, true);
    },
    onLeft: (uid) => {
      webhooking.onLeft(uid);
      login(uid, false);
    },
  });
  const background = new Background({ clock, onError });
  // However many users are given other rules at once, those who watch are gone through one time after the other.
  const reviewPresence = background.repeat(3_600_000, () => presence.review());
  const erasures = new Erasures({ store, publish, leaveGroups, wake: () => carryOnErasing() });
  const carryOnErasing = background.repeat(10_000, (goOn) => erasures.carryOn(goOn));
  const schedule = new Schedule({
    store: store.schedule,
    users: store.users,
    messages,
    groups: groupParts,
    changes,
    directory,
    blocking,
    clock,
    onError,
  });
  const values = new Values({
    store: store.values,
    bus,
    clock,
    onBlocksChanged: (uid) => {
      blocking.forget(uid);
      publish({ type: 'blocks-changed', uid });
    },
    onContactsChanged: (uid) => {
      profileParts.contactsChanged(uid);
      permissions.contactsChanged(uid);
    },
  });
  const devices = new Devices({
    store: store.devices,
    bus,
    clock,
    limitOf: async (aid) => devicesPerUser(await store.apps.find(aid)) ?? settings.devicesPerUser,
    onTokenRevoked: (uid, tokenId) => publish({ type: 'token-revoked', uid, tokenId }),
  });
  const pushing = await startPushing({ ...common, gone, hasOthers });
  const { calls, operations } = await startCalling({
    ...common,
    messages,
    mayCall: callPermission(blocking, access, permissions.mayMeet, modules),
    access,
    serversFor: permissions.serversFor,
    alarm: pushing.alarm,
    engine: () => roomParts.engine(),
  });
  const roomParts = await startRooms({
    ...common,
    joining: groupParts.joining,
    ...permissions,
    access,
    engine: options.media,
    node,
    hasOthers,
    background,
  });
  const catchUp = new CatchUp({ bus, hasOthers, sessions: () => sessions, clock, onError });
  const groupFeed = groupParts.feed(blocking, presence, (session) => catchUp.request(session));
  const sessions = new Sessions({
    bus,
    presence,
    groups: groupFeed,
    perUser: settings.sessionsPerUser,
    onMayMiss: (session) => catchUp.request(session),
  });

  const sending = backendSending({
    ...common,
    messages,
    changes,
    schedule,
    groupSending: groupParts.sending,
    groupMessages: groupParts.groupMessages,
    history,
    files: files.attachments,
  });
  const http = await buildHttp({
    settings,
    apps,
    administrator,
    users,
    devices,
    otps,
    ...sending,
    media: roomParts.media,
    blocking,
    erasures,
    profiles: profileParts.profiles,
    groups: groupParts,
    files,
    userExport: new UserExport({ store, history, links: files.links }),
    webhooks: webhooking.webhooks,
    recordings: roomParts.recordings,
    access,
    pushActions: pushing.actions({
      send: (message) => ('gid' in message ? groupParts.sendFromBackend(message) : sending.send(message)),
      markRead: async (reader, { id, isGroup }, seq) =>
        isGroup ? groupReceipts.markRead(reader, id, seq) : receipts.advance(reader, id, 'read', seq),
    }),
    metrics,
    logger,
    limits,
    ready: () => readiness.check(),
    paths: webPaths(),
  });
  const door = openSocketDoor({
    server: http.server,
    store,
    clock,
    limits,
    metrics,
    sessions,
    devices,
    users,
    history,
    onError,
    services: {
      directory,
      messages,
      receipts,
      history,
      changes,
      schedule,
      files: files.attachments,
      presence,
      presenceMode: profileParts.presenceMode,
      groups: groupFeed,
      groupSending: groupParts.sending,
      groupMessages: groupParts.groupMessages,
      groupReceipts,
      blocking,
      access,
      requireOperation: permissions.requireOperation,
      failures: permissions.failures,
      calls,
      rooms: roomParts.rooms,
      bus,
      operations: {
        ...deviceOperations(devices),
        ...valueOperations(values),
        ...scheduleOperations(schedule),
        ...messaging.operations,
        ...searchOperations(new Search({ log: store.log, cursors: store.cursors, directory, history })),
        ...permissions.withRoomForGroups(groupParts.operations),
        ...operations,
        ...roomParts.operations,
        ...pushing.operations,
        ...previewing(settings, clock, options.linkReach),
        ...profileParts.operations,
        ...webhooking.operations,
      },
    },
  });
  await presence.join();
  webhooking.start(background, presence, others);
  background.repeat(60_000, () => access.reload());
  background.repeat(1_000, (goOn) => schedule.sendDue(goOn));
  background.repeat(1_000, (goOn) => groupParts.endMemberships(goOn));
  background.repeat(60_000, (goOn) => files.sweep(goOn));
  background.repeat(1_000, (goOn) => pushing.sweep(goOn));
  // What the end of another process interrupted.
  carryOnErasing();
  sweepRepeatedly({
    store,
    background,
    now,
    retentionDaysOf: (app) => retentionDays(app) ?? settings.retentionDays,
    endGroups: groupParts.endExpired,
  });
  const timers = [
    clock.every(250, () => {
      presence.sweep();
      receipts.sweep().catch(onError);
      groupReceipts.sweep().catch(onError);
    }),
    clock.every(100, () => catchUp.tick()),
    clock.every(1_000, () => {
      others.tick();
      readiness.look();
      devices.flush().catch(onError);
      calls.tick();
      roomParts.rooms.tick();
      pushing.tick();
      modules.tick();
      gauge(metrics, { door, sessions, calls, rooms: roomParts.rooms });
    }),
  ];

  const stop = async (): Promise<void> => {
    readiness.leave();
    if (sessions.count > 0) logger.info({ sessions: sessions.count }, 'stopping: clients are sent elsewhere');
    const spreadMs = hasOthers ? settings.drainSeconds * 1_000 : 0;
    await Promise.all([background.stop(), roomParts.rooms.drain(), door.close(spreadMs)]);
    for (const stopTimer of timers) stopTimer();
    await groupReceipts.flush();
    try {
      await http.close();
      files.close();
      await calls.close();
      await roomParts.rooms.close();
      await pushing.close();
      await Promise.all([presence.close(), devices.flush()]);
      await Promise.all([webhooking.close(), modules.close()]);
    } finally {
      await bus.close();
      await store.close();
    }
  };
  let stopping: Promise<void> | undefined;
  const close = (): Promise<void> => {
    stopping ??= stop();
    return stopping;
  };
  const port = await listen(http, settings).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const scheme = settings.tls === null ? 'http' : 'https';
  return {
    settings,
    port,
    url: settings.publicUrl ?? `${scheme}://localhost:${port}`,
    firstStart: Object.keys(firstStart).length > 0 ? firstStart : undefined,
    get sessions() {
      return sessions.count;
    },
    close,
  };
}
