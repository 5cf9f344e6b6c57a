import type { ReceiveTransport } from '../transport/receive-transport.ts';
import type { SendTransport } from '../transport/send-transport.ts';
import { noShortage, type Shortage } from './choose-layers.ts';

/** How a transport did for some seconds, in its direction. */
export interface Measured {
  /** The share of the packets that were lost: 0 to 1. */
  readonly loss: number;
  /** To a viewer and back, the least; `undefined` when it is not known, as of publishers. */
  readonly roundTripMs: number | undefined;
  /** Of a viewer. */
  readonly shortage: Shortage;
}

/** What one of these did since the last call. */
export function measure(
  sender: SendTransport | undefined,
  receiver: ReceiveTransport | undefined,
  shortage = noShortage,
): Measured {
  const loss = (sender ?? receiver)?.loss.take() ?? 0;
  return { loss, roundTripMs: receiver?.roundTrip.take(), shortage };
}
