import type { MediaTotals } from '@stoa/media';
import { Counter, Gauge, type Registry } from 'prom-client';

/** By direction, as publishers and viewers see it: they send `in`, and are sent `out`. */
const directed = [
  ['stoa_media_packets_total', 'RTP and RTCP packets.', 'packetsIn', 'packetsOut'],
  ['stoa_media_bytes_total', 'Bytes of RTP and RTCP packets.', 'bytesIn', 'bytesOut'],
  ['stoa_media_lost_packets_total', 'Packets that did not come.', 'lostIn', 'lostOut'],
  [
    'stoa_media_nacks_total',
    'Requests for lost packets, by viewers (in) and to publishers (out).',
    'nacksIn',
    'nacksOut',
  ],
  [
    'stoa_media_key_frame_requests_total',
    'Requests for key frames (PLI, FIR), by viewers (in) and to publishers (out).',
    'keyFrameRequestsIn',
    'keyFrameRequestsOut',
  ],
] as const;

const now = [
  ['stoa_media_transports', 'Connections for media.', 'transports'],
  ['stoa_media_streams', 'Sounds and pictures that are published.', 'streams'],
] as const;

/** Counts what the processes of the media plane do. It is asked when somebody asks for the metrics, once for all. */
export function observeMedia(registry: Registry, totals: () => Promise<readonly MediaTotals[]>): void {
  const registers = [registry];
  let asked: Promise<readonly MediaTotals[]> | undefined;
  const ask = (): Promise<readonly MediaTotals[]> => {
    asked ??= totals().finally(() => {
      asked = undefined;
    });
    return asked;
  };
  for (const [name, help, incoming, outgoing] of directed) {
    new Counter({
      name,
      help,
      labelNames: ['worker', 'direction'],
      registers,
      async collect() {
        const all = await ask();
        this.reset();
        for (const { worker, [incoming]: came, [outgoing]: went } of all) {
          this.inc({ worker, direction: 'in' }, came);
          this.inc({ worker, direction: 'out' }, went);
        }
      },
    });
  }
  new Counter({
    name: 'stoa_media_retransmitted_packets_total',
    help: 'Packets that viewers were sent once more.',
    labelNames: ['worker'],
    registers,
    async collect() {
      const all = await ask();
      this.reset();
      for (const { worker, retransmitted } of all) this.inc({ worker }, retransmitted);
    },
  });
  for (const [name, help, key] of now) {
    new Gauge({
      name,
      help,
      labelNames: ['worker'],
      registers,
      async collect() {
        const all = await ask();
        this.reset();
        for (const { worker, [key]: count } of all) this.set({ worker }, count);
      },
    });
  }
}
