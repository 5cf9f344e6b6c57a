import type { ConnectionState } from '../transport/connection.ts';
import type { Direction } from './events.ts';
import type { Limits, Wish } from './media-engine.ts';
import type { Publisher } from './publisher.ts';
import type { QualityMeter } from './quality-meter.ts';
import type { Viewer } from './viewer.ts';

/** What somebody publishes and wants in a room. */
export interface Participant {
  readonly id: string;
  readonly publisher: Publisher;
  readonly viewer: Viewer;
  wishes: ReadonlyMap<string, Wish>;
  limits: Limits;
  /** Of the microphones that are wanted, those that have a slot. */
  audible: ReadonlySet<string>;
  readonly quality: Record<Direction, QualityMeter>;
  /** Transports are opened one after the other. */
  busy: Promise<unknown>;
}

/** Which of a participant's transports this is; one that will take the place of another only when it has failed. */
export function directionOf(
  { publisher, viewer }: Participant,
  transport: string,
  state: ConnectionState,
): Direction | undefined {
  if (viewer.transport === transport) return 'view';
  const publishes =
    state === 'closed' ? publisher.transports.includes(transport) : publisher.transport === transport;
  return publishes ? 'publish' : undefined;
}
