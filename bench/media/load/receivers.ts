/** Viewers, in a process of their own. Where transport-cc is offered, they tell what they get, as a browser does. */
import { writeRtcp } from '@stoa/media';
import {
  extensionUris,
  newHeaderExtensions,
  readHeaderExtensions,
} from '../../../packages/media/src/rtp/header-extensions.ts';
import { newRtpHeader, readRtpHeader } from '../../../packages/media/src/rtp/rtp-header.ts';
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
/** By viewer, of which several may join at the same time. */
const receivers = new Map<number, Receiver>();
let received = 0;
let ages: number[] = [];
const header = newRtpHeader();
const extensions = newHeaderExtensions();

export const commands = {
  /** Takes the offer of a viewer, in place of what it had. */
  async answer(viewer: number, sdp: string): Promise<string> {
    const arrivals = new ArrivalLog();
    const repeats = repeatTypes(sdp);
    const transportCc = transportCcOf(sdp);
    const connection = await Connection.answering(
      withoutCandidates(parametersOf(sdp)),
      { bindAddress },
      {
        onPacket: (packet) => {
          const type = packet[1] ?? 0;
          if (type >= 192 && type <= 223) return;
          if (transportCc !== undefined && readRtpHeader(packet, header)) {
            readHeaderExtensions(packet, header, { transportCc }, extensions);
            if (extensions.transportSequence >= 0) arrivals.add(extensions.transportSequence, Date.now());
          }
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

/** The id of the extension with the number that feedback is about, the same in all m-lines; `undefined` if not offered. */
function transportCcOf(sdp: string): number | undefined {
  const line = sdp
    .split('\n')
    .find((each) => each.startsWith('a=extmap:') && each.includes(extensionUris.transportCc));
  return line === undefined ? undefined : Number.parseInt(line.slice('a=extmap:'.length), 10);
}

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
