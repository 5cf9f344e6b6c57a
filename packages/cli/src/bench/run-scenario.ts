import { readFileSync } from 'node:fs';
import { Fleet } from './load/fleet.ts';
import type { LoadGroup } from './load/load-group.ts';
import type { LoadUser } from './load/wire.ts';
import type { Figures, Rig, Scenario, Sizes } from './scenarios/index.ts';

/** A server that runs, and how to speak to it. */
export interface Target extends Pick<Rig, 'usage' | 'collectGarbage'> {
  readonly url: string;
  /** URL of the module that speaks to it. */
  readonly wire: string;
  /** Users that it knows: as many as the scenario needs. */
  readonly users: readonly LoadUser[];
  /** Groups of the first user, with those who follow. */
  readonly groups?: readonly Omit<LoadGroup, 'members'>[];
}

/** Runs one scenario against one server, with as many processes that make load. */
export async function runScenario(
  scenario: Scenario,
  { url, wire, users, groups = [], usage, collectGarbage }: Target,
  { sizes, loadProcesses }: { sizes: Sizes; loadProcesses: number },
): Promise<Figures> {
  const { senders, receivers } = scenario.users(sizes);
  if (users.length < senders + receivers) {
    throw new Error(`"${scenario.name}" needs ${senders + receivers} users, and there are ${users.length}.`);
  }
  requireFiles(senders + receivers);
  const task = {
    scenario: scenario.name,
    wire,
    url,
    senders: users.slice(0, senders),
    receivers: users.slice(senders, senders + receivers),
    groups: groups.map((group) => ({ ...group, members: group.size })),
    window: scenario.window?.(sizes) ?? sizes.window,
  };
  const fleet = await Fleet.start(task, loadProcesses);
  try {
    return await scenario.run({ fleet, usage, sizes, collectGarbage });
  } finally {
    await fleet.stop();
  }
}

/** Users that a set of scenarios needs at the most. */
export function usersNeeded(scenarios: readonly Scenario[], sizes: Sizes): number {
  return Math.max(
    0,
    ...scenarios.map((scenario) => {
      const { senders, receivers } = scenario.users(sizes);
      return senders + receivers;
    }),
  );
}

/** Every connection is an open file. Node itself raises the limit as far as it may. */
function requireFiles(connections: number): void {
  const needed = connections + otherFiles;
  const allowed = openFilesAllowed();
  if (needed <= allowed) return;
  throw new Error(
    `${connections} connections need ${needed} open files, and a process here may have ${allowed}. Raise the limit (ulimit -n ${needed}) or ask for fewer.`,
  );
}

function openFilesAllowed(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

const otherFiles = 200;
