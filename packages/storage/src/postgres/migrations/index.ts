import { initial } from './001-initial.ts';
import { devices } from './002-devices.ts';
import { messaging } from './003-messaging.ts';
import { expiryMarker } from './004-expiry-marker.ts';
import { files } from './005-files.ts';
import { groups } from './006-groups.ts';
import { push } from './007-push.ts';
import { profiles } from './008-profiles.ts';
import { turns } from './009-turns.ts';
import { pushSweep } from './010-push-sweep.ts';
import { webhooks } from './011-webhooks.ts';
import { marks } from './012-marks.ts';
import { pushVoip } from './013-push-voip.ts';
import { groupPictures } from './014-group-pictures.ts';
import { access } from './015-access.ts';
import { threads } from './016-threads.ts';
import { pinHolders } from './017-pin-holders.ts';
import { webhookNotes } from './018-webhook-notes.ts';
import { roomLeases } from './019-room-leases.ts';
import { changesOfMessages } from './020-changes-of-messages.ts';
import { memberLimits } from './021-member-limits.ts';
import { groupsOfUsers } from './022-groups-of-users.ts';

/**
 * In order: the n-th brings the database to version n. What was released is never changed, only followed by another.
 *
 * While nodes are updated one after the other, the old version works on the new schema. So a migration only expands:
 * it adds tables, columns that may be missing in an insert, indexes. What the new version no longer uses is removed by
 * a migration of a later release, when nobody runs the old one any more.
 */
export const migrations: readonly string[] = [
  initial,
  devices,
  messaging,
  expiryMarker,
  files,
  groups,
  push,
  profiles,
  turns,
  pushSweep,
  webhooks,
  marks,
  pushVoip,
  groupPictures,
  access,
  threads,
  pinHolders,
  webhookNotes,
  roomLeases,
  changesOfMessages,
  memberLimits,
  groupsOfUsers,
];
