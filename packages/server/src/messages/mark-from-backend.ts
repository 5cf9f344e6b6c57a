import { type Content, type MessageEvent, StoaError } from '@stoa/protocol';
import type { Group, MessageLog } from '@stoa/storage';
import type { Blocking } from '../blocking/index.ts';
import type { Directory, Person } from '../directory/index.ts';
import type { Changes } from './changes.ts';
import type { GroupMessages } from './group-messages.ts';
import type { Messages } from './messages.ts';

/** What the application's own back end puts on a message in the name of one of its users. */
export interface BackendMark {
  readonly aid: number;
  readonly mid: number;
  /** Address of who reacts, pins, votes, or closes his poll. */
  readonly from: string;
  readonly event: Exclude<MessageEvent, 'edit' | 'recall'>;
  readonly content: Content;
}

/**
 * Makes the function behind the HTTP doors' operations that mark messages. What the user may not do himself is refused, and
 * what is done comes to the devices of the others as if he had done it.
 *
 * @throws StoaError NOT_FOUND for the user or the message, BLOCKED, PERMISSION_DENIED, TOO_LATE, LIMIT_REACHED or BAD_REQUEST.
 */
export function markFromBackend({
  log,
  directory,
  blocking,
  changes,
  messages,
  groupMessages,
  openGroup,
}: {
  readonly log: MessageLog;
  readonly directory: Directory;
  readonly blocking: Pick<Blocking, 'mayReach'>;
  readonly changes: Changes;
  readonly messages: Pick<Messages, 'accept'>;
  readonly groupMessages: Pick<GroupMessages, 'accept'>;
  /** The group, if the user may do this in it. */
  readonly openGroup: (user: Person, gid: number, event: MessageEvent) => Promise<Group>;
}) {
  return async ({ aid, mid, from, event, content }: BackendMark) => {
    const user = await directory.byAddress(aid, from);
    if (user === undefined) throw new StoaError('NOT_FOUND', `There is no user "${from}".`);
    const message = await log.find(mid);
    const key = message && (await log.conversation(message.conv))?.key;
    if (message === undefined || key === undefined || key.aid !== aid) throw noMessage(mid);
    const { uid } = user;
    const change = { id: null, event, target: message.seq, content };
    const asked = { aid, uid, dev: 0, ...change };
    const sender = { ...user, dev: 0 };
    if (key.kind === 'group') {
      const { gid } = key;
      const group = await openGroup(user, gid, event);
      await changes.require({ ...asked, receiver: uid, gid });
      const { answer, announce } = await groupMessages.accept(sender, group, change);
      announce();
      return answer;
    }
    if (key.a !== uid && key.b !== uid) throw noMessage(mid);
    const receiver = await directory.byUid(key.a === uid ? key.b : key.a);
    if (receiver === undefined) throw noMessage(mid);
    if (!(await blocking.mayReach(receiver.uid, from, 'messages'))) {
      throw new StoaError('BLOCKED', `"${receiver.address}" does not take messages of "${from}".`);
    }
    await changes.require({ ...asked, receiver: receiver.uid });
    const { answer, announce } = await messages.accept(sender, receiver, change);
    announce();
    return answer;
  };
}

const noMessage = (mid: number): StoaError => new StoaError('NOT_FOUND', `There is no message ${mid}.`);
