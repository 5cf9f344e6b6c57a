import { type Content, type MessageEvent, StoaError } from '@stoa/protocol';
import type { Group, MessageLog } from '@stoa/storage';
import type { Directory } from '../directory/index.ts';
import type { Attachments } from '../files/index.ts';
import { randomId } from '../random-id.ts';
import type { Changes } from './changes.ts';
import type { GroupMessages } from './group-messages.ts';
import type { Messages } from './messages.ts';

/** What the application's own back end does to a message of one of its users, whoever sent it and whenever. */
export interface BackendChange {
  readonly aid: number;
  readonly mid: number;
  readonly event: MessageEvent;
  /** What it says from now on, when it is edited. */
  readonly content?: Content;
}

/**
 * Makes the function behind the HTTP doors' operations that change messages: moderation, in the name of the sender.
 *
 * @throws StoaError NOT_FOUND when the app has no such message, or nothing is left of it; TOO_LARGE.
 */
export function changeFromBackend({
  log,
  directory,
  changes,
  messages,
  groupMessages,
  groupOf,
  files,
}: {
  readonly log: MessageLog;
  readonly directory: Directory;
  readonly changes: Changes;
  readonly messages: Messages;
  readonly groupMessages: Pick<GroupMessages, 'accept'>;
  /** Rejects for a group that is no more. */
  readonly groupOf: (aid: number, gid: number) => Promise<Group>;
  readonly files: Pick<Attachments, 'claim'>;
}) {
  return async ({ aid, mid, event, content = {} }: BackendChange) => {
    const message = await log.find(mid);
    const key = message && (await log.conversation(message.conv))?.key;
    if (message === undefined || key === undefined || key.aid !== aid) {
      throw new StoaError('NOT_FOUND', `There is no message ${mid}.`);
    }
    const { seq: target, sender: uid } = message;
    const sender = await directory.byUid(uid);
    const peer = key.kind === 'pair' ? (key.a === uid ? key.b : key.a) : uid;
    const receiver = await directory.byUid(peer);
    if (sender === undefined || receiver === undefined) {
      throw new StoaError('NOT_FOUND', `The users of message ${mid} are not there any more.`);
    }
    await changes.requirePresent(message, receiver.uid);
    const group = key.kind === 'group' ? await groupOf(aid, key.gid) : undefined;
    const id = randomId();
    await files.claim(aid, { sender: uid, dev: 0, id }, content);
    const change = { id, content, event, target };
    const from = { ...sender, dev: 0 };
    const { answer, announce } = await (group === undefined
      ? messages.accept(from, receiver, change)
      : groupMessages.accept(from, group, change));
    announce();
    return answer;
  };
}
