import { type Content, StoaError } from '@stoa/protocol';
import type { Directory } from '../directory/index.ts';
import type { Attachments } from '../files/index.ts';
import type { GroupMessages } from '../messages/index.ts';
import { randomId } from '../random-id.ts';
import type { GroupSending } from './sending.ts';

/** A message to a group that the application's own back end sends in the name of one of its users. */
export interface BackendGroupMessage {
  readonly aid: number;
  readonly from: string;
  readonly gid: number;
  readonly content: Content;
  readonly type?: number;
  readonly flags?: number;
  readonly expiry?: number;
  readonly localId?: number;
  /** Idempotency key within the sender's messages from the back end. */
  readonly id?: number | null;
  /** Whether it is sent also when the user himself might not. */
  readonly forced?: boolean;
}

/**
 * Makes the function by which the HTTP doors send to groups.
 *
 * @throws StoaError NOT_FOUND for the sender, or what GroupSending.open and GroupMessages.accept throw.
 */
export function sendToGroupFromBackend({
  sending,
  groupMessages,
  directory,
  files,
  onAccepted,
}: {
  readonly sending: GroupSending;
  readonly groupMessages: Pick<GroupMessages, 'accept'>;
  readonly directory: Directory;
  readonly files: Pick<Attachments, 'claim'>;
  readonly onAccepted: () => void;
}) {
  return async ({ aid, from, gid, id: given = null, forced = false, ...rest }: BackendGroupMessage) => {
    const sender = await directory.byAddress(aid, from);
    if (sender === undefined) throw new StoaError('NOT_FOUND', `There is no user "${from}" to send from.`);
    const caller = forced ? { aid, uid: null, address: null } : sender;
    const group = await sending.open(caller, gid);
    // Whoever names a file needs a key by which the message is found again.
    const id = given ?? (rest.content.file === undefined ? null : randomId());
    await files.claim(aid, { sender: sender.uid, dev: 0, id: id ?? 0 }, rest.content);
    const { answer, announce } = await groupMessages.accept(
      { ...sender, dev: 0, ...(forced ? { forced } : {}) },
      group,
      { ...rest, id },
    );
    onAccepted();
    announce();
    return answer;
  };
}
