/**
 * What runs in the pages of the tests of calls: an application on the client with nothing to look at but two elements,
 * and `harness`, by which a test drives it.
 */
import { type Call, Client } from '@stoa/client';
import { indexedDbStore } from '@stoa/client/indexed-db';

const query = new URLSearchParams(location.search);
const option = (name: string): string => query.get(name) ?? '';

/** Every peer connection that the page makes, for its statistics. */
const peers: RTCPeerConnection[] = [];
const Peer = globalThis.RTCPeerConnection;
globalThis.RTCPeerConnection = class extends Peer {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    peers.push(this);
  }
};

const client = new Client({
  url: option('server'),
  token: option('token'),
  store: indexedDbStore(`calls-${option('user')}`),
  calls: { waiting: option('waiting') === 'yes', relayOnly: option('relay') === 'only' },
});
const calls: Call[] = [];
const log: string[] = [];
/** Ids of calls of which the test does not want to hear any more. */
const earlier = new Set<string>();

const remote = document.createElement('video');
remote.autoplay = true;
remote.playsInline = true;
document.body.append(remote);

client.on('problem', (error) => log.push(`problem ${error.code} ${error.message}`));
client.on('message', ({ content, outgoing }) => {
  const entry = content?.call;
  // The message of a call may come after the call is over, and the next one has begun.
  if (entry === undefined || earlier.has(entry.id)) return;
  log.push(`log ${outgoing ? 'out' : 'in'} ${entry.outcome}`);
});
client.on('call', (call) => {
  calls.push(call);
  log.push(`call ${call.peer} ${call.outgoing ? 'out' : 'in'} ${call.status.phase}`);
  call.on('status', (status) => {
    log.push(status.phase === 'ended' ? `ended ${status.reason}` : status.phase);
  });
  call.on('dtmf', (digits) => log.push(`dtmf ${digits}`));
  call.on('problem', (error) => log.push(`problem ${error.code} ${error.message}`));
  call.on('peerMedia', ({ audio, video, screen, hold }) => {
    log.push(
      `peer ${[audio && 'audio', video && 'video', screen && 'screen', hold && 'hold'].filter(Boolean).join(' ')}`,
    );
  });
  call.on('streams', () => {
    // To set it again would begin to play anew.
    if (remote.srcObject !== call.remoteStream) remote.srcObject = call.remoteStream;
  });
});

/** What the newest connection has received so far. */
async function received(): Promise<{
  frames: number;
  energy: number;
  audioPackets: number;
  /** Of sound that was played, also of silence in the place of packets. */
  audioSeconds: number;
  relayed: boolean;
}> {
  const sum = { frames: 0, energy: 0, audioPackets: 0, audioSeconds: 0, relayed: false };
  const report = await peers.at(-1)?.getStats();
  for (const entry of report?.values() ?? []) {
    if (entry.type === 'inbound-rtp' && entry.kind === 'video') sum.frames += entry.framesDecoded ?? 0;
    if (entry.type === 'inbound-rtp' && entry.kind === 'audio') {
      sum.energy += entry.totalAudioEnergy ?? 0;
      sum.audioPackets += entry.packetsReceived ?? 0;
      sum.audioSeconds += entry.totalSamplesDuration ?? 0;
    }
    if (entry.type === 'candidate-pair' && entry.nominated) {
      sum.relayed ||= report?.get(entry.localCandidateId)?.candidateType === 'relay';
    }
  }
  return sum;
}

/** Resolves when what has been received fits. */
async function untilReceived(fits: (sum: Awaited<ReturnType<typeof received>>) => boolean): Promise<void> {
  while (!fits(await received())) await new Promise((resolve) => setTimeout(resolve, 50));
}

function startOver(): void {
  for (const { id } of calls) earlier.add(id);
  log.length = calls.length = 0;
}

export const harness = { client, calls, log, peers, startOver, received, untilReceived, remote };
export type Harness = typeof harness;
Object.assign(globalThis, { harness });
await client.start();
