import { describe } from 'vitest';
import { describeAccess } from './access.ts';
import { describeAges } from './ages.ts';
import { describeApps } from './apps.ts';
import { describeChanged } from './changed.ts';
import { describeConvergence } from './convergence.ts';
import { describeCursors } from './cursors.ts';
import { describeDeviceLimit } from './device-limit.ts';
import { describeDevices } from './devices.ts';
import { describeDurability } from './durability.ts';
import { describeErasure } from './erasure.ts';
import { describeEvents } from './events.ts';
import { describeExpiry } from './expiry.ts';
import { describeFailedOperations } from './failed-operations.ts';
import { describeFiles } from './files.ts';
import { describeGroupMembership } from './group-membership.ts';
import { describeGroups } from './groups.ts';
import { describeIdempotency } from './idempotency.ts';
import { describeLog } from './log.ts';
import { describeMarks } from './marks.ts';
import { describeOtps } from './otps.ts';
import { describeProfiles } from './profiles.ts';
import { describePush } from './push.ts';
import { describePushSweep } from './push-sweep.ts';
import { describeRetention } from './retention.ts';
import { describeRoomLeases } from './room-leases.ts';
import { describeSchedule } from './schedule.ts';
import { describeSettings } from './settings.ts';
import type { OpenStore } from './store-under-test.ts';
import { describeTokens } from './tokens.ts';
import { describeTurns } from './turns.ts';
import { describeUsers } from './users.ts';
import { describeValues } from './values.ts';
import { describeWebhooks } from './webhooks.ts';

export type { OpenStore, StoreUnderTest } from './store-under-test.ts';

/**
 * What every implementation of the Store interface is held to. Call it in a vitest file; `open` makes a store on an
 * empty database each time.
 */
export function describeStoreContract(name: string, open: OpenStore): void {
  describe(`${name} keeps the contract of a store`, () => {
    describeApps(open);
    describeUsers(open);
    describeTokens(open);
    describeOtps(open);
    describeDevices(open);
    describeDeviceLimit(open);
    describeSettings(open);
    describeLog(open);
    describeIdempotency(open);
    describeFailedOperations(open);
    describeEvents(open);
    describeMarks(open);
    describeExpiry(open);
    describeAges(open);
    describeRetention(open);
    describeErasure(open);
    describeValues(open);
    describeSchedule(open);
    describeFiles(open);
    describePush(open);
    describeProfiles(open);
    describePushSweep(open);
    describeWebhooks(open);
    describeAccess(open);
    describeCursors(open);
    describeChanged(open);
    describeGroups(open);
    describeGroupMembership(open);
    describeTurns(open);
    describeRoomLeases(open);
    describeConvergence(open);
    describeDurability(open);
  });
}
