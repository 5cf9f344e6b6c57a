/** Publishers, in a process of their own. */
import type { StreamKind } from '@stoa/media';
import {
  parametersOf,
  publishOffer,
  withoutCandidates,
} from '../../../packages/media/src/testing/client-sdp.ts';
import { Connection } from '../../../packages/media/src/transport/connection.ts';
import { serve } from '../peer-process.ts';
import { bindAddress } from './bind-address.ts';
import { LoadPacket } from './load-packet.ts';

interface Sender {
  readonly connection: Connection;
  readonly packet: LoadPacket;
  /** Packets that it owes to its rate. */
  owed: number;
}

const stepMs = 5;
const senders: Sender[] = [];
let sent = 0;

export const commands = {
  /** Opens a publisher of one stream, and makes its offer; the loudest voices come first. */
  async offer(kind: StreamKind): Promise<string> {
    const connection = await Connection.offering({ bindAddress }, { onPacket: () => {}, onState: () => {} });
    const level = Math.min(100, 20 + 2 * senders.length);
    const ssrc = 1000 + senders.length;
    const packet = new LoadPacket(kind, ssrc, level);
    senders.push({ connection, packet, owed: 0 });
    return publishOffer([{ mid: '0', kind, name: 'stream' }], withoutCandidates(connection.ours), [ssrc]);
  },

  accept(index: number, sdp: string): void {
    senders[index]?.connection.accept(parametersOf(sdp));
  },

  connected(): boolean {
    return senders.every(({ connection }) => connection.state === 'connected');
  },

  /** Sends so many packets a second from each publisher, from now on. */
  start(packetsPerSecond: number, ticks: number): void {
    // Spread over the step, as the packets of many publishers are.
    for (const [index, sender] of senders.entries()) sender.owed = index / senders.length;
    let before = performance.now();
    setInterval(() => {
      const now = performance.now();
      const share = ((now - before) * packetsPerSecond) / 1000;
      before = now;
      for (const sender of senders) {
        for (sender.owed += share; sender.owed >= 1; sender.owed -= 1) {
          sender.connection.send(sender.packet.next(ticks));
          sent += 1;
        }
      }
    }, stepMs);
  },

  sent(): number {
    return sent;
  },
};

serve(commands);
