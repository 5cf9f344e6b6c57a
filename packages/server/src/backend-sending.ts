import type { Store } from '@stoa/storage';
import type { Blocking } from './blocking/index.ts';
import type { Directory } from './directory/index.ts';
import type { Attachments } from './files/index.ts';
import type { GroupSending } from './groups/index.ts';
import {
  BackendReading,
  type Changes,
  changeFromBackend,
  type GroupMessages,
  type History,
  type Messages,
  markFromBackend,
  sendFromBackend,
} from './messages/index.ts';
import type { Metrics } from './metrics/index.ts';
import { type Schedule, scheduleFromBackend } from './scheduled/index.ts';

export interface BackendSendingOptions {
  readonly store: Pick<Store, 'log' | 'groups'>;
  readonly messages: Messages;
  readonly changes: Changes;
  readonly schedule: Schedule;
  readonly groupSending: GroupSending;
  readonly groupMessages: GroupMessages;
  readonly history: History;
  readonly directory: Directory;
  readonly blocking: Blocking;
  readonly files: Attachments;
  readonly metrics: Metrics;
}

/** What the back ends of apps, and the modules of the server, do with messages. */
export function backendSending({ store, messages, changes, schedule, ...options }: BackendSendingOptions) {
  const { directory, blocking, files, metrics, history, groupMessages, groupSending: sending } = options;
  const onAccepted = (): void => metrics.messagesAccepted.http.add();
  const parts = { changes, directory, blocking, files, onAccepted };
  return {
    send: sendFromBackend({ ...parts, messages }),
    /** Past the modules of the server. */
    sendUnjudged: sendFromBackend({
      ...parts,
      messages: {
        accept: (sender, receiver, outgoing) => messages.acceptUnjudged(sender, receiver, outgoing),
      },
    }),
    schedule: scheduleFromBackend({ schedule, sending, directory, blocking, files }),
    changeMessage: changeFromBackend({
      log: store.log,
      directory,
      changes,
      messages,
      groupMessages,
      groupOf: (aid, gid) => sending.find({ aid, uid: null, address: null }, gid),
      files,
    }),
    markMessage: markFromBackend({
      log: store.log,
      directory,
      blocking,
      changes,
      messages,
      groupMessages,
      openGroup: async (user, gid, event) => {
        const group = await sending.open(user, gid);
        if (event === 'pin') await sending.requireModify(user, gid);
        return group;
      },
    }),
    reading: new BackendReading({ log: store.log, groups: store.groups, directory, history }),
  };
}
