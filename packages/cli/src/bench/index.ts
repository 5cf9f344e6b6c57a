export { stoaWire } from './load/stoa-wire-url.ts';
export type { LoadClient, LoadEvents, LoadUser, Wire } from './load/wire.ts';
export { reportTable, tableLines } from './report/table.ts';
export { runScenario, type Target, usersNeeded } from './run-scenario.ts';
export {
  type Figures,
  fullSizes,
  groups,
  type Metric,
  quickSizes,
  type Scenario,
  type Sizes,
  scenarios,
} from './scenarios/index.ts';
export { median, medianRatio, percentiles } from './statistics.ts';
export { processTreeUsage } from './usage/process-tree.ts';
export { serverMetricsUsage } from './usage/server-metrics.ts';
export { addGroup, addUsers, removeUsers } from './users.ts';
