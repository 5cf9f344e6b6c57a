import { StoaError } from '@stoa/protocol';
import type { Blocking } from '../blocking/index.ts';
import type { Directory } from '../directory/index.ts';
import type { Attachments } from '../files/index.ts';
import type { BackendGroupMessage, Caller, GroupSending } from '../groups/index.ts';
import type { BackendMessage } from '../messages/index.ts';
import { randomId } from '../random-id.ts';
import type { Schedule, ScheduledFor } from './schedule.ts';

/**
 * Makes the function behind the HTTP doors that schedules a message. Resolves to its time, or to undefined when it is
 * to be sent now.
 *
 * @throws StoaError NOT_FOUND, INVALID_DESTINATION, BLOCKED, what keeps the sender from sending to a group, or what Schedule.accept throws.
 */
export function scheduleFromBackend({
  schedule,
  sending,
  directory,
  blocking,
  files,
}: {
  readonly schedule: Schedule;
  readonly sending: Pick<GroupSending, 'open'>;
  readonly directory: Directory;
  readonly blocking: Pick<Blocking, 'mayReach'>;
  readonly files: Pick<Attachments, 'claim'>;
}) {
  const receiverOf = async (message: BackendMessage | BackendGroupMessage): Promise<ScheduledFor> => {
    const { aid, from } = message;
    if ('gid' in message) {
      const { gid, forced = false } = message;
      const sender = await directory.byAddress(aid, from);
      const caller: Caller = forced || sender === undefined ? { aid, uid: null, address: null } : sender;
      await sending.open(caller, gid);
      return { gid, forced };
    }
    const receiver = await directory.byAddress(aid, message.to);
    if (receiver === undefined)
      throw new StoaError('INVALID_DESTINATION', `There is no user "${message.to}".`);
    if (!(await blocking.mayReach(receiver.uid, from, 'messages'))) {
      throw new StoaError('BLOCKED', `"${message.to}" does not take messages of "${from}".`);
    }
    return receiver;
  };
  return async (message: BackendMessage | BackendGroupMessage, at: number): Promise<number | undefined> => {
    const { aid, from, id: given } = message;
    const sender = await directory.byAddress(aid, from);
    if (sender === undefined) throw new StoaError('NOT_FOUND', `There is no user "${from}" to send from.`);
    const receiver = await receiverOf(message);
    const key = { uid: sender.uid, dev: 0 };
    const id = given ?? randomId();
    await files.claim(aid, { sender: sender.uid, dev: 0, id }, message.content);
    try {
      return await schedule.accept(key, receiver, { id, at, message });
    } catch (error) {
      if (!(error instanceof StoaError) || error.code !== 'BAD_FRAME') throw error;
      throw new StoaError('BAD_REQUEST', error.message.replace('send.at', 'at'));
    }
  };
}
