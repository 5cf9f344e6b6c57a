import { messageFlags, type SendFrame, StoaError } from '@stoa/protocol';
import type { Attachments } from '../files/index.ts';
import type { Changes } from '../messages/index.ts';

interface Services {
  readonly files: Pick<Attachments, 'claim'>;
  readonly changes: Pick<Changes, 'isRepeated'>;
}

interface Sender {
  readonly aid: number;
  readonly uid: number;
  readonly dev: number;
}

/**
 * The receiver of a message, once it is noted which file the message names. Messages without one, and those that are not
 * stored, pass as they are.
 */
export function withFile<Receiver>(
  services: Services,
  sender: Sender,
  frame: SendFrame,
  receiver: Receiver | Promise<Receiver>,
): Receiver | Promise<Receiver> {
  const isTransient = ((frame.flags ?? 0) & messageFlags.transient) !== 0;
  return frame.content.file === undefined || isTransient
    ? receiver
    : claim(services, sender, frame, receiver);
}

async function claim<Receiver>(
  { files, changes }: Services,
  { aid, uid, dev }: Sender,
  { id, content }: SendFrame,
  receiver: Receiver | Promise<Receiver>,
): Promise<Receiver> {
  const found = await receiver;
  try {
    await files.claim(aid, { sender: uid, dev, id }, content);
  } catch (error) {
    // What was stored before the file was gone keeps its answer.
    if (!(error instanceof StoaError) || !(await changes.isRepeated(uid, dev, id))) throw error;
  }
  return found;
}
