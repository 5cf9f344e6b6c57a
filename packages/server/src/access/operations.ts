import type { OperationName } from '@stoa/protocol';
import { StoaError } from '@stoa/protocol';
import type { Access, Subject } from './access.ts';
import type { Action } from './rules.ts';

/** Operations of clients that need a permission. */
const needs: Partial<Record<OperationName, Action>> = {
  'groups.create': 'createGroup',
  'groups.join': 'joinGroup',
  'push.register': 'registerForPush',
};

/**
 * Whether a user may ask for this.
 *
 * @throws StoaError PERMISSION_DENIED, TOO_MANY
 */
export async function requireOperation(
  access: Access,
  subject: Subject,
  op: string,
  groupsOf: (uid: number) => Promise<number>,
): Promise<void> {
  const action = needs[op as OperationName];
  if (action === undefined || !access.restricts(subject.aid)) return;
  await access.require(subject, action);
  if (op !== 'groups.create') return;
  const { maxGroups = 0 } = (await access.rules(subject)) ?? {};
  if (maxGroups > 0 && (await groupsOf(subject.uid)) >= maxGroups) {
    throw new StoaError('TOO_MANY', `The app lets this user be in ${maxGroups} groups at the most.`);
  }
}
