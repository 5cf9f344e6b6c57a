import type { FleetResult } from '../load/fleet.ts';
import { type ReadUsage, untilQuiet } from '../usage/usage.ts';

export interface Measured extends FleetResult {
  /** What the server used from the begin of the work until it was quiet again. */
  readonly serverCpuSeconds: number;
}

/** Has the load processes do something, and reads what that cost the server. */
export async function measure(usage: ReadUsage, work: () => Promise<FleetResult>): Promise<Measured> {
  const before = await untilQuiet(usage);
  const result = await work();
  const after = await untilQuiet(usage);
  return { ...result, serverCpuSeconds: after.cpuSeconds - before.cpuSeconds };
}

/** CPU seconds for so many thousand of the things that were done. */
export function perThousand(seconds: number, count: number, thousands: number): number {
  return (seconds / count) * thousands * 1000;
}
