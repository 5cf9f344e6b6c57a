import type { Bus } from '@stoa/bus';
import type { Store } from '@stoa/storage';
import type { Access } from './access/index.ts';
import { retractionSettings } from './apps/index.ts';
import type { Blocking } from './blocking/index.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import {
  Changes,
  Gone,
  History,
  type MessageJudge,
  type MessageObserver,
  Messages,
  readingOperations,
} from './messages/index.ts';
import type { Metrics } from './metrics/index.ts';
import { type CursorsMoved, Receipts, receiptOperations, type TellsDelivered } from './receipts/index.ts';
import type { Settings } from './settings/index.ts';

export interface MessageWiringOptions {
  readonly settings: Settings;
  readonly store: Pick<Store, 'apps' | 'cursors' | 'groups' | 'log'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly blocking: Blocking;
  readonly metrics: Metrics;
  /** Who is told outside of what becomes of messages. */
  readonly observer: MessageObserver & { wantsMoves(aid: number): boolean; moved(moved: CursorsMoved): void };
  readonly access: Pick<Access, 'may'>;
  readonly judge: MessageJudge & { moved(moved: CursorsMoved): void };
}

/** Joins messages, their changes and receipts with the rest of a node. */
export function buildMessaging(options: MessageWiringOptions) {
  const { settings, store, bus, clock, directory, blocking, metrics, observer, access, judge } = options;
  const gone = new Gone({ log: store.log, cursors: store.cursors, clock });
  const messages = new Messages({
    log: store.log,
    bus,
    clock,
    gone,
    directory,
    onCommitted: (seconds) => metrics.storeCommit.observe(seconds),
    observer,
    judge,
  });
  const changes = new Changes({
    log: store.log,
    cursors: store.cursors,
    groups: store.groups,
    clock,
    gone,
    rulesOf: async (aid) => ({
      editSeconds: settings.editSeconds,
      recallSeconds: settings.recallSeconds,
      policy: 'own',
      ...retractionSettings(await store.apps.find(aid)),
    }),
  });
  const tellsDelivered: TellsDelivered = (reader) => access.may(reader, 'tellDelivered');
  const history = new History({ log: store.log, directory, groups: store.groups, gone, blocking });
  const receipts = new Receipts({
    cursors: store.cursors,
    log: store.log,
    bus,
    clock,
    directory,
    blocking,
    tellsDelivered,
    isNoted: (aid) => observer.wantsMoves(aid),
    onMoved: (moved) => {
      observer.moved(moved);
      judge.moved(moved);
    },
  });
  const reading = { log: store.log, cursors: store.cursors, groups: store.groups, directory, history };
  const operations = {
    ...readingOperations(reading),
    ...receiptOperations({ ...reading, tellsDelivered }),
  };
  return { gone, messages, changes, history, receipts, operations };
}
