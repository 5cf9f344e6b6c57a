import {
  type ConnectionOptions,
  type ConnectionState,
  type TransportOptions,
  transportOptions,
} from '../transport/connection.ts';
import type { MediaCounters } from '../transport/media-counters.ts';
import { PortPool } from '../transport/port-pool.ts';
import type { LayerWish } from './room-types.ts';

export interface RoomOptions extends Omit<ConnectionOptions, 'ports'> {
  /** UDP ports, best outside of the ephemeral range; a pool where rooms share them. */
  readonly ports?: ConnectionOptions['ports'] | PortPool;
  readonly counters?: MediaCounters;
  readonly onState?: (transport: string, state: ConnectionState) => void;
  /** Layers of a picture that nobody takes should be turned off at the publisher, and others on again. */
  readonly onLayers?: (stream: string, layers: readonly LayerWish[]) => void;
}

/** Those of its connections. */
export function connectionsOf({ ports, ...others }: RoomOptions): TransportOptions {
  if (ports instanceof PortPool) return { ...others, ports };
  return transportOptions(ports === undefined ? others : { ...others, ports });
}
