import type { ReadUsage } from './usage.ts';

/** Reads what a server says of itself at /metrics: the way to measure one whose processes are not at hand. */
export function serverMetricsUsage(url: string): ReadUsage {
  return async () => {
    const response = await fetch(`${url}/metrics`);
    if (!response.ok) {
      throw new Error(
        `${url}/metrics answers ${response.status}. It is open to the server's machine and to private networks; on the server's machine, name its process with --pid instead.`,
      );
    }
    const text = await response.text();
    return {
      cpuSeconds: metric(text, 'process_cpu_seconds_total'),
      memoryBytes: metric(text, 'process_resident_memory_bytes'),
    };
  };
}

/** A metric without labels in Prometheus' text format. */
function metric(text: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`The server does not report ${name}.`);
  return Number(value);
}
