import { StoaError } from '@stoa/protocol';
import type { ConnectionOptions } from '../../transport/connection.ts';

type Ports = NonNullable<ConnectionOptions['ports']>;

/** Each worker's share of the ports, without a gap; `undefined` for each when the ports are free to choose. */
export function splitPorts(ports: Ports | undefined, workers: number): (Ports | undefined)[] {
  if (!Number.isSafeInteger(workers) || workers < 1)
    throw new StoaError('BAD_REQUEST', 'There has to be at least one media worker.');
  if (ports === undefined) return Array.from({ length: workers }, () => undefined);
  const count = ports.last - ports.first + 1;
  if (!(count >= workers)) throw new StoaError('BAD_REQUEST', `${workers} media workers need as many ports.`);
  const startOf = (index: number) => ports.first + Math.floor((count * index) / workers);
  return Array.from({ length: workers }, (_, index) => ({
    first: startOf(index),
    last: startOf(index + 1) - 1,
  }));
}
