/** Viewers, in a process of their own. They tell what they get like a browser does (transport-cc). */
import { writeRtcp } from '@stoa/media';
import {
  parametersOf,
  viewAnswer,
  withoutCandidates,
} from '../../../packages/media/src/testing/client-sdp.ts';
import { ArrivalLog } from '../../../packages/media/src/transport/arrival-log.ts';
import { Connection } from '../../../packages/media/src/transport/connection.ts';
import { serve } from '../peer-process.ts';
import { bindAddress } from './bind-address.ts';
import { ageOf } from './load-packet.ts';

interface Receiver {
  readonly connection: Connection;
  readonly arrivals: ArrivalLog;
  received: number;
}

const feedbackMs = 100;
/** Each viewer tells at a moment of his own, as browsers do: at one in so many of that time. */
const feedbackMoments = 10;
/** Of so many packets one is looked at for its age. */
const sampleEvery = 16;
/** Where forwarders that use transport-cc have its number. */
const transportSequenceAt = 17;
/** By viewer, of which several may join at the same time. */
const receivers = new Map<number, Receiver>();
let received = 0;
let ages: number[] = [];

export const commands = {
  /** Takes the offer of a viewer, in place of what it had. */
  async answer(viewer: number, sdp: string, givesFeedback: boolean): Promise<string> {
    const arrivals = new ArrivalLog();
    const repeats = repeatTypes(sdp);
    const connection = await Connection.answering(
      withoutCandidates(parametersOf(sdp)),
      { bindAddress },
      {
        onPacket: (packet) => {
          const type = packet[1] ?? 0;
          if (type >= 192 && type <= 223) return;
          if (givesFeedback) arrivals.add(packet.readUInt16BE(transportSequenceAt), Date.now());
          // Repeated for the sake of an estimate, it is nothing new, and as old as it was meant to be.
          if (repeats.has(type & 0x7f)) return;
          receiver.received += 1;
          received += 1;
          if (received % sampleEvery === 0) ages.push(ageOf(packet));
        },
        onState: () => {},
      },
    );
    const receiver: Receiver = { connection, arrivals, received: 0 };
    receivers.set(viewer, receiver);
    return viewAnswer(sdp, connection.ours);
  },

  connected(): boolean {
    return [...receivers.values()].every(({ connection }) => connection.state === 'connected');
  },

  /** Viewers whose connection has failed: the library loses one handshake in some hundreds. */
  failed(): number[] {
    return [...receivers].flatMap(([viewer, { connection }]) =>
      connection.state === 'closed' ? [viewer] : [],
    );
  },

  /** Whether everybody has got something. */
  served(): boolean {
    return [...receivers.values()].every(({ received: own }) => own > 0);
  },

  /** What has come since the last look, and how long it was under way, in milliseconds. */
  take(): { received: number; ages: number[] } {
    const taken = { received, ages };
    received = 0;
    ages = [];
    return taken;
  },
};

/** Payload types of retransmissions (RFC 4588) in an offer. */
function repeatTypes(sdp: string): ReadonlySet<number> {
  return new Set([...sdp.matchAll(/^a=rtpmap:(\d+) rtx\//gim)].map(([, payloadType]) => Number(payloadType)));
}

let moment = 0;
setInterval(() => {
  moment = (moment + 1) % feedbackMoments;
  for (const [viewer, { connection, arrivals }] of receivers) {
    if (viewer % feedbackMoments !== moment) continue;
    const feedback = arrivals.flush(1, 1);
    if (feedback !== undefined) connection.send(writeRtcp(feedback));
  }
}, feedbackMs / feedbackMoments);

serve(commands);
