import type { Bus } from '@stoa/bus';
import type { Store } from '@stoa/storage';
import type { Clock } from './clock.ts';
import type { Directory } from './directory/index.ts';
import { GroupCore, GroupNews, GroupSending, Groups, groupOperations, Joining } from './groups/index.ts';
import { TokenBuckets } from './limits/index.ts';

/** Joins groups with the rest of a node. */
export function buildGroups({
  store,
  bus,
  clock,
  directory,
}: {
  readonly store: Pick<Store, 'groups'>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly directory: Directory;
}) {
  const news = new GroupNews({ bus, store: store.groups, directory });
  const core = new GroupCore({ store: store.groups, clock, news });
  const groups = new Groups(core, directory);
  const wrongPins = new TokenBuckets({ capacity: wrongPinsAtOnce, fillMs: 60_000, now: clock.now });
  const joining = new Joining({ core, groups, directory, wrongPins });
  return {
    groups,
    joining,
    sending: new GroupSending(core, joining),
    operations: groupOperations(groups, joining),
  };
}

/** Wrong PINs that a user may try in a minute. */
const wrongPinsAtOnce = 5;
