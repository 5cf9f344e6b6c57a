import { readdirSync, readFileSync } from 'node:fs';
import type { ReadUsage } from './usage.ts';

/** Reads what these processes and their descendants have used, from /proc (Linux only; see proc(5)). */
export function processTreeUsage(roots: readonly number[]): ReadUsage {
  return async () => {
    const processes = allProcesses();
    const members = new Set(roots);
    // A child is younger than its parent, but pids start over: look until nothing is added.
    for (let before = -1; before !== members.size; ) {
      before = members.size;
      for (const { pid, parent } of processes) if (members.has(parent)) members.add(pid);
    }
    const used = processes.filter(({ pid }) => members.has(pid));
    // Whole numbers are added up: of fractions, the sum would depend on their order.
    const ticks = used.reduce((sum, each) => sum + each.ticks, 0);
    const pages = used.reduce((sum, each) => sum + each.pages, 0);
    return { cpuSeconds: ticks / ticksPerSecond, memoryBytes: pages * pageBytes };
  };
}

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Ticks of its own and of the children that have ended. */
  readonly ticks: number;
  readonly pages: number;
}

/** One line of /proc/<pid>/stat. The name of the program, in brackets, may hold anything. */
export function parseStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  // Counted from 3, as in the manual.
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    pid: Number.parseInt(line, 10),
    parent: field(4),
    ticks: field(14) + field(15) + field(16) + field(17),
    pages: field(24),
  };
}

function allProcesses(): ProcessStat[] {
  const found: ProcessStat[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      found.push(parseStat(readFileSync(`/proc/${name}/stat`, 'utf8')));
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** USER_HZ, the same on all common architectures. */
const ticksPerSecond = 100;
const pageBytes = 4096;
