import type { Store } from '../store.ts';
import { createAccessStore } from './access.ts';
import { createAppStore } from './apps.ts';
import { createCursorStore } from './cursor-store.ts';
import type { SqlDatabase } from './database.ts';
import { createDeviceStore } from './devices.ts';
import { createErasureStore } from './erasures.ts';
import type { LogCommitter, LogReader } from './executor.ts';
import { createFileRecordStore } from './files.ts';
import { createGroupStore } from './groups.ts';
import { createMessageLog } from './message-log.ts';
import { createOtpStore } from './otps.ts';
import { createProfileStore } from './profiles.ts';
import { createPushStore } from './push.ts';
import { createPushSweepStore } from './push-sweep.ts';
import { createRoomLeaseStore } from './room-leases.ts';
import { createScheduleStore } from './schedule.ts';
import { createSettingStore } from './settings.ts';
import { createTokenStore } from './tokens.ts';
import { createUserValueStore } from './user-values.ts';
import { createUserStore } from './users.ts';
import { createWebhookStore } from './webhooks.ts';

/** All parts of a store on an SQL database, whichever it is. */
export function createRepositories(
  database: SqlDatabase,
  reader: LogReader,
  committer: LogCommitter,
): Omit<Store, 'ping' | 'close'> {
  return {
    apps: createAppStore(database),
    users: createUserStore(database),
    tokens: createTokenStore(database),
    otps: createOtpStore(database),
    devices: createDeviceStore(database),
    log: createMessageLog(reader, committer, database),
    cursors: createCursorStore(reader, committer),
    groups: createGroupStore(reader, committer),
    values: createUserValueStore(database),
    schedule: createScheduleStore(database),
    erasures: createErasureStore(database),
    files: createFileRecordStore(database),
    push: createPushStore(database),
    profiles: createProfileStore(database),
    pushSweep: createPushSweepStore(database),
    webhooks: createWebhookStore(database),
    access: createAccessStore(database),
    roomLeases: createRoomLeaseStore(database),
    settings: createSettingStore(database),
  };
}
