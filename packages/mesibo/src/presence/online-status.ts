import type { Client } from '@stoa/client';
import type { PresenceAudience } from '@stoa/protocol';
import {
  MESIBO_GROUP_CONTACTS,
  MESIBO_GROUP_CONTACTSUBSCRIBERS,
  MESIBO_GROUP_PROVSUBSCRIBED,
  MESIBO_ONLINEMODE_FOREGROUND,
  MESIBO_ONLINEMODE_LOGIN,
  MESIBO_ONLINEMODE_MANUAL,
} from '../constants/presence.ts';
import { MESIBO_RESULT_BADREQ, MESIBO_RESULT_OK } from '../constants/result.ts';
import type { Context } from '../context.ts';
import { unsupported } from '../unsupported.ts';

const modes = new Map([
  [MESIBO_ONLINEMODE_LOGIN, 'login'],
  [MESIBO_ONLINEMODE_FOREGROUND, 'foreground'],
  [MESIBO_ONLINEMODE_MANUAL, 'manual'],
] as const);

const contacts: readonly number[] = [MESIBO_GROUP_CONTACTS, MESIBO_GROUP_CONTACTSUBSCRIBERS];
const lastGroup = 0xffff_ffff;

/** When the user is online: MESIBO_ONLINEMODE_*. */
export function setMode(context: Context, mode: number): number {
  const named = modes.get(mode as typeof MESIBO_ONLINEMODE_LOGIN);
  return named === undefined
    ? MESIBO_RESULT_BADREQ
    : later(context, ({ presence }) => presence.setMode(named));
}

/** By the user's own word; the mode is MESIBO_ONLINEMODE_MANUAL from then on. */
export function setOnline(context: Context, online: boolean): number {
  return later(context, ({ presence }) => presence.setOnline(online));
}

/** Who may see it: 0 for everybody, MESIBO_GROUP_CONTACTS, or the members of a group to which the user belongs. */
export function setAudience(context: Context, gid: number): number {
  if (!Number.isInteger(gid) || gid < 0 || gid > lastGroup) return MESIBO_RESULT_BADREQ;
  const online = audienceOf(gid);
  if (online === undefined) return unsupported(context, 'This audience of the online status');
  return later(context, ({ profiles }) => profiles.update({ visibility: { online, seen: online } }));
}

function audienceOf(gid: number): PresenceAudience | undefined {
  if (gid === 0) return 'everybody';
  if (contacts.includes(gid)) return 'contacts';
  return gid > MESIBO_GROUP_PROVSUBSCRIBED ? { group: gid } : undefined;
}

export function setInForeground(context: Context, on: boolean): number {
  context
    .whenClient()
    .then(({ presence }) => presence.setInFront(on))
    .catch((error) => context.fail(error));
  return MESIBO_RESULT_OK;
}

/** As soon as there is a connection. */
function later(context: Context, change: (client: Client) => Promise<unknown>): number {
  context
    .whenSynced()
    .then(() => context.whenClient())
    .then(change)
    .catch((error) => context.fail(error));
  return MESIBO_RESULT_OK;
}
