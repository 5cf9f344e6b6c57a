import { groupsLoad } from './groups-load.ts';
import { idleLoad } from './idle-load.ts';
import type { LoadTask } from './load-process.ts';
import { offlineLoad } from './offline-load.ts';
import { pairsLoad } from './pairs-load.ts';
import { reconnectLoad } from './reconnect-load.ts';
import type { Wire } from './wire.ts';

/** The phases of a scenario by name. Each resolves to latencies in milliseconds. */
export type Load = Readonly<Record<string, (amount: number) => Promise<readonly number[]>>>;

/** What a load needs to begin. `fail` ends the run. */
export type CreateLoad = (task: LoadTask, wire: Wire, fail: (error: Error) => void) => Load;

const loads: Record<LoadTask['scenario'], CreateLoad> = {
  groups: groupsLoad,
  idle: idleLoad,
  pairs: pairsLoad,
  offline: offlineLoad,
  reconnect: reconnectLoad,
};

export const createLoad: CreateLoad = (task, wire, fail) => loads[task.scenario](task, wire, fail);
