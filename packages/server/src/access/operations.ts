import { type OperationName, type OperationRequest, StoaError } from '@stoa/protocol';
import type { Access, Subject } from './access.ts';
import type { Action } from './rules.ts';

/** Operations of clients that need a permission. */
const needs: Partial<Record<OperationName, Action>> = {
  'groups.create': 'createGroup',
  'groups.join': 'joinGroup',
  'push.register': 'registerForPush',
  'links.preview': 'previewLinks',
  'profiles.search': 'searchProfiles',
  'messages.search': 'readHistory',
  'messages.thread': 'readHistory',
  'messages.pinned': 'readHistory',
};

/** What a device publishes in a room: its sound, its camera, its screen. */
async function requirePublish(
  access: Access,
  subject: Subject,
  { streams }: Pick<OperationRequest<'rooms.publish'>, 'streams'>,
): Promise<void> {
  for (const { source, audio, video } of streams) {
    if (source === 'screen') await access.require(subject, 'publishScreen');
    else if (video !== undefined) await access.require(subject, 'publishVideo');
    if (audio !== undefined) await access.require(subject, 'publishAudio');
  }
}

/** When the user is online, and who may see it and since when. */
async function requirePresence(
  access: Access,
  subject: Subject,
  { presence, visibility = {} }: OperationRequest<'profile.set'>,
): Promise<void> {
  const { online, seen } = visibility;
  if (presence !== undefined || online !== undefined || seen !== undefined) {
    await access.require(subject, 'choosePresence');
  }
  if (presence?.mode === 'login') await access.require(subject, 'chooseLoginMode');
}

/**
 * Whether a user may ask for this. `body`: as it was validated.
 *
 * @throws StoaError PERMISSION_DENIED
 */
export async function requireOperation(
  access: Access,
  subject: Subject,
  { op, body }: { readonly op: string; readonly body: unknown },
): Promise<void> {
  if (!access.restricts(subject.aid)) return;
  if (op === 'rooms.publish')
    return requirePublish(access, subject, body as OperationRequest<'rooms.publish'>);
  if (op === 'profile.set') return requirePresence(access, subject, body as OperationRequest<'profile.set'>);
  const action = needs[op as OperationName];
  if (action !== undefined) await access.require(subject, action);
}

/**
 * Whether the app lets a user be in one group more than he is.
 *
 * @throws StoaError TOO_MANY
 */
export async function requireRoomForGroup(
  access: Access,
  subject: Subject,
  groupsOf: (uid: number) => Promise<number>,
): Promise<void> {
  if (!access.restricts(subject.aid)) return;
  const { maxGroups = 0 } = (await access.rules(subject)) ?? {};
  if (maxGroups > 0 && (await groupsOf(subject.uid)) >= maxGroups) {
    throw new StoaError('TOO_MANY', `The app lets this user be in ${maxGroups} groups at the most.`, {
      hint: 'Leave one of them first.',
    });
  }
}
