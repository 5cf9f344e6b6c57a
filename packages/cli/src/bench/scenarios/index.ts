import { idle } from './idle.ts';
import { offline } from './offline.ts';
import { pairs } from './pairs.ts';
import { reconnect } from './reconnect.ts';
import type { Scenario, Sizes } from './scenario.ts';

export { groups } from './groups.ts';
export type { Figures, Metric, Rig, Scenario, Sizes } from './scenario.ts';

/** All of them that need no group, in the order in which they are run. */
export const scenarios: readonly Scenario[] = [idle, pairs, offline, reconnect];

export const fullSizes: Sizes = {
  connections: [5_000, 10_000],
  idleSeconds: 10,
  pairs: 200,
  messages: 250,
  window: 10,
  offlineUsers: 1_000,
  offlineMessages: 100,
  reconnects: 5_000,
  groupMembers: [1_000, 5_000],
  groupDeliveries: 200_000,
  groupWindow: 4,
};

/** For a first look, and to see that everything works: too small to quote. */
export const quickSizes: Sizes = {
  connections: [200, 400],
  idleSeconds: 2,
  pairs: 20,
  messages: 100,
  window: 10,
  offlineUsers: 40,
  offlineMessages: 20,
  reconnects: 200,
  groupMembers: [100, 300],
  groupDeliveries: 10_000,
  groupWindow: 4,
};
