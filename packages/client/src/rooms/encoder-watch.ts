import type { Clock } from '../clock.ts';
import { Timer } from '../timer.ts';
import { goodWay, type WayQuality } from './quality-watch.ts';

const intervalMs = 5_000;
/** To the server and back. */
const roundTripMs = { fair: 300, poor: 700 };

/** What of a browser's statistics counts here. */
interface Entry {
  readonly type: string;
  readonly kind?: string;
  readonly active?: boolean;
  readonly qualityLimitationReason?: string;
  readonly roundTripTime?: number;
}

/** Tells what holds the own pictures and voice back, which only the browser knows; until the returned function is called. */
export function watchEncoders(
  peer: RTCPeerConnection,
  clock: Clock,
  onWay: (way: WayQuality) => void,
): () => void {
  let isOver = false;
  let before = goodWay;
  const look = async (): Promise<void> => {
    const report: ReadonlyMap<string, Entry> = await peer.getStats();
    if (isOver) return;
    const way = wayOf([...report.values()]);
    // What was just found has to be found twice: encoders begin small.
    if (way.quality === before.quality && way.reason === before.reason) onWay(way);
    before = way;
  };
  const timer = new Timer(clock, () => {
    look()
      .catch(() => {})
      .then(() => {
        if (!isOver) timer.setTo(clock.now() + intervalMs);
      });
  });
  timer.setTo(clock.now() + intervalMs);
  return () => {
    isOver = true;
    timer.clear();
  };
}

function wayOf(entries: readonly Entry[]): WayQuality {
  const limits = entries
    .filter(({ type, active }) => type === 'outbound-rtp' && active !== false)
    .map(({ qualityLimitationReason }) => qualityLimitationReason);
  const trips = entries.flatMap(({ type, roundTripTime }) =>
    type === 'remote-inbound-rtp' && roundTripTime !== undefined ? [1_000 * roundTripTime] : [],
  );
  const trip = trips.length === 0 ? 0 : Math.min(...trips);
  if (trip >= roundTripMs.poor) return { quality: 'poor', reason: 'delay' };
  if (limits.includes('bandwidth')) return { quality: 'fair', reason: 'bandwidth' };
  if (trip >= roundTripMs.fair) return { quality: 'fair', reason: 'delay' };
  return limits.includes('cpu') ? { quality: 'fair', reason: 'cpu' } : goodWay;
}
