import type { Bus } from '@stoa/bus';
import type { Store } from '@stoa/storage';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import type { Attachments } from './files/index.ts';
import {
  GroupCore,
  GroupFeed,
  type GroupFeedOptions,
  GroupNews,
  GroupSending,
  Groups,
  groupOperations,
  Joining,
  sendToGroupFromBackend,
} from './groups/index.ts';
import { TokenBuckets } from './limits/index.ts';
import { type Gone, GroupMessages } from './messages/index.ts';
import { GroupReceipts } from './receipts/index.ts';

export interface GroupWiringOptions {
  readonly store: Pick<Store, 'cursors' | 'groups' | 'log'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly gone: Gone;
  readonly files: Pick<Attachments, 'claim'>;
  readonly onCommitted?: (seconds: number) => void;
  /** Called for each message of the back end that was accepted. */
  readonly onAccepted?: () => void;
  readonly onError?: (error: unknown) => void;
}

/** Joins groups with the rest of a node. */
export function buildGroups({ store, bus, clock, directory, ...options }: GroupWiringOptions) {
  const { gone, files, onCommitted = () => {}, onAccepted = () => {}, onError = () => {} } = options;
  const news = new GroupNews({ bus, store: store.groups, directory });
  const core = new GroupCore({ store: store.groups, clock, news });
  const groups = new Groups(core, directory);
  const wrongPins = new TokenBuckets({ capacity: wrongPinsAtOnce, fillMs: 60_000, now: clock.now });
  const joining = new Joining({ core, groups, directory, wrongPins });
  const sending = new GroupSending(core, joining);
  const groupMessages = new GroupMessages({
    log: store.log,
    groups: store.groups,
    bus,
    clock,
    gone,
    onCommitted,
  });
  return {
    groups,
    joining,
    sending,
    groupMessages,
    groupReceipts: new GroupReceipts({ cursors: store.cursors, groups: store.groups, bus, clock, onError }),
    feed: (onMayMiss: GroupFeedOptions['onMayMiss']) =>
      new GroupFeed({ bus, store: store.groups, onMayMiss, onError }),
    /** Ends the memberships of a user who is being removed. */
    leaveGroups: ({ aid, uid }: { aid: number; uid: number }) => groups.removeUser(aid, uid),
    operations: groupOperations(groups, joining),
    sendFromBackend: sendToGroupFromBackend({ sending, groupMessages, directory, files, onAccepted }),
  };
}

/** Wrong PINs that a user may try in a minute. */
const wrongPinsAtOnce = 5;
