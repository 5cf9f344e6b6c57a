import { StoaError } from '@stoa/protocol';
import type { Blocking } from '../blocking/index.ts';
import type { Directory } from '../directory/index.ts';
import type { Attachments } from '../files/index.ts';
import type { BackendMessage } from '../messages/index.ts';
import { randomId } from '../random-id.ts';
import type { Schedule } from './schedule.ts';

/**
 * Makes the function behind the HTTP doors that schedules a message. Resolves to its time, or to undefined when it is
 * to be sent now.
 *
 * @throws StoaError NOT_FOUND, INVALID_DESTINATION, BLOCKED, or what Schedule.accept throws.
 */
export function scheduleFromBackend({
  schedule,
  directory,
  blocking,
  files,
}: {
  readonly schedule: Schedule;
  readonly directory: Directory;
  readonly blocking: Pick<Blocking, 'mayReach'>;
  readonly files: Pick<Attachments, 'claim'>;
}) {
  return async (
    { aid, from, to, id: given, ...message }: BackendMessage,
    at: number,
  ): Promise<number | undefined> => {
    const sender = await directory.byAddress(aid, from);
    if (sender === undefined) throw new StoaError('NOT_FOUND', `There is no user "${from}" to send from.`);
    const receiver = await directory.byAddress(aid, to);
    if (receiver === undefined) throw new StoaError('INVALID_DESTINATION', `There is no user "${to}".`);
    if (!(await blocking.mayReach(receiver.uid, from, 'messages'))) {
      throw new StoaError('BLOCKED', `"${to}" does not take messages of "${from}".`);
    }
    const key = { uid: sender.uid, dev: 0 };
    const id = given ?? randomId();
    await files.claim(aid, { sender: sender.uid, dev: 0, id }, message.content);
    try {
      return await schedule.accept(key, receiver.uid, { id, at, message });
    } catch (error) {
      if (!(error instanceof StoaError) || error.code !== 'BAD_FRAME') throw error;
      throw new StoaError('BAD_REQUEST', error.message.replace('send.at', 'at'));
    }
  };
}
