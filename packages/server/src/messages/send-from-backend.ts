import { type Content, StoaError } from '@stoa/protocol';
import type { Blocking } from '../blocking/index.ts';
import type { Directory } from '../directory/index.ts';
import type { Attachments } from '../files/index.ts';
import { randomId } from '../random-id.ts';
import type { Changes } from './changes.ts';
import type { Messages } from './messages.ts';

/** A message that the application's own back end sends in the name of one of its users. */
export interface BackendMessage {
  readonly aid: number;
  readonly from: string;
  readonly to: string;
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
 * Makes the function behind the HTTP doors' `message` operation.
 *
 * @throws StoaError NOT_FOUND for the sender, INVALID_DESTINATION or BLOCKED for the receiver, or what Messages.accept
 * throws.
 */
export function sendFromBackend({
  messages,
  changes,
  directory,
  blocking,
  files,
  onAccepted,
}: {
  readonly messages: Pick<Messages, 'accept'>;
  readonly changes: Changes;
  readonly directory: Directory;
  readonly blocking: Pick<Blocking, 'mayReach'>;
  readonly files: Pick<Attachments, 'claim'>;
  readonly onAccepted: () => void;
}) {
  return async ({ aid, from, to, id: given = null, forced = false, ...rest }: BackendMessage) => {
    const sender = await directory.byAddress(aid, from);
    if (sender === undefined) throw new StoaError('NOT_FOUND', `There is no user "${from}" to send from.`);
    const receiver = await directory.byAddress(aid, to);
    if (receiver === undefined) throw new StoaError('INVALID_DESTINATION', `There is no user "${to}".`);
    // Whoever names a file needs a key by which the message is found again.
    const id = given ?? (rest.content.file === undefined ? null : randomId());
    const mayReach = await blocking.mayReach(receiver.uid, from, 'messages');
    // What was stored before the block keeps its answer.
    if (!mayReach && !(id !== null && (await changes.isRepeated(sender.uid, 0, id)))) {
      throw new StoaError('BLOCKED', `"${to}" does not take messages of "${from}".`);
    }
    await files.claim(aid, { sender: sender.uid, dev: 0, id: id ?? 0 }, rest.content);
    const { answer, announce } = await messages.accept(
      { ...sender, dev: 0, ...(forced ? { forced } : {}) },
      receiver,
      { ...rest, id },
    );
    onAccepted();
    announce();
    return answer;
  };
}
