import type { Bus } from '@stoa/bus';
import type { Store } from '@stoa/storage';
import type { Access } from './access/index.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import type { Attachments } from './files/index.ts';
import {
  type GroupChangeObserver,
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
import {
  type Gone,
  GroupMessages,
  type MessageJudge,
  type MessageObserver,
  nobody,
  noJudge,
} from './messages/index.ts';
import { type CursorsMoved, GroupReceipts } from './receipts/index.ts';

export interface GroupWiringOptions {
  readonly store: Pick<Store, 'cursors' | 'groups' | 'log'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly gone: Gone;
  readonly files: Pick<Attachments, 'claim' | 'pictureAt'>;
  readonly onCommitted?: (seconds: number) => void;
  /** Called for each message of the back end that was accepted. */
  readonly onAccepted?: () => void;
  readonly onError?: (error: unknown) => void;
  /** Who is told outside of what happens in groups. */
  readonly observer?: GroupObserver;
  readonly access?: Pick<Access, 'may'>;
  readonly judge?: MessageJudge & { moved(moved: CursorsMoved): void };
}

export interface GroupObserver extends MessageObserver, GroupChangeObserver {
  wantsMoves(aid: number): boolean;
  moved(moved: CursorsMoved): void;
}

const noObserver: GroupObserver = {
  ...nobody,
  wantsMoves: () => false,
  moved: () => {},
  groupEvents: async () => () => [],
  groupChanged: () => {},
};

/** Joins groups with the rest of a node. */
export function buildGroups({ store, bus, clock, directory, ...options }: GroupWiringOptions) {
  const { gone, files, onCommitted = () => {}, onAccepted = () => {}, onError = () => {} } = options;
  const observer = options.observer ?? noObserver;
  const judge = options.judge ?? { ...noJudge, moved: () => {} };
  const news = new GroupNews({ bus, store: store.groups, directory });
  const core = new GroupCore({ store: store.groups, clock, news, observer });
  const groups = new Groups(core, directory, files);
  const wrongPins = new TokenBuckets({ capacity: wrongPinsAtOnce, fillMs: 60_000, now: clock.now });
  const joining = new Joining({ core, groups, directory, wrongPins });
  const sending = new GroupSending(core, joining);
  const groupMessages = new GroupMessages({
    log: store.log,
    groups: store.groups,
    bus,
    clock,
    gone,
    directory,
    onCommitted,
    observer,
    judge,
  });
  return {
    groups,
    joining,
    sending,
    groupMessages,
    groupReceipts: new GroupReceipts({
      cursors: store.cursors,
      groups: store.groups,
      bus,
      clock,
      tellsDelivered: (reader) => options.access?.may(reader, 'tellDelivered') ?? true,
      isNoted: (aid) => observer.wantsMoves(aid),
      onMoved: (moved) => {
        observer.moved(moved);
        judge.moved(moved);
      },
      onError,
    }),
    feed: (
      blocking: GroupFeedOptions['blocking'],
      presence: { readonly membersChanged: GroupFeedOptions['onMembersChanged'] },
      onMayMiss: GroupFeedOptions['onMayMiss'],
    ) =>
      new GroupFeed({
        bus,
        store: store.groups,
        blocking,
        onMayMiss,
        onMembersChanged: (gid, changed) => presence.membersChanged(gid, changed),
        onError,
      }),
    /** Ends groups whose time is over, and memberships by PINs whose is; resolves to the number of groups and PINs. */
    endExpired: async (limit: number) =>
      (await groups.endExpired(limit)) + (await joining.endExpiredPins(limit)),
    /** Removes members whose time is over: what is sent still comes to them until then. */
    async endMemberships(goOn: () => boolean): Promise<void> {
      while (goOn() && (await groups.endExpiredMemberships(membersAtOnce, onError)) > 0);
    },
    /** Ends the memberships of a user who is being removed. */
    leaveGroups: ({ aid, uid }: { aid: number; uid: number }) => groups.removeUser(aid, uid),
    operations: groupOperations(groups, joining),
    sendFromBackend: sendToGroupFromBackend({ sending, groupMessages, directory, files, onAccepted }),
    /** Past the modules of the server. */
    sendUnjudged: sendToGroupFromBackend({
      sending,
      groupMessages: {
        accept: (sender, group, outgoing) => groupMessages.acceptUnjudged(sender, group, outgoing),
      },
      directory,
      files,
      onAccepted,
    }),
  };
}

/** Wrong PINs that a user may try in a minute. */
const wrongPinsAtOnce = 5;
const membersAtOnce = 500;
