import { StoaError } from '@stoa/protocol';
import ndc, { type PeerConnection, type RtcConfig, type Track } from 'node-datachannel';
import type { PeerParameters } from '../sdp/peer-parameters.ts';
import { readSynthetic, syntheticDescription } from '../sdp/synthetic.ts';
import { type MediaCounters, newMediaCounters } from './media-counters.ts';
import { PortPool } from './port-pool.ts';

export interface ConnectionOptions {
  /** Local address to bind to; all by default. */
  readonly bindAddress?: string;
  /** UDP ports, best outside of the ephemeral range. */
  readonly ports?: { readonly first: number; readonly last: number };
  /** Addresses to tell clients instead of the local ones, behind a NAT that forwards the ports. */
  readonly announcedAddresses?: readonly string[];
  /** A connection that is not there after this ends: ICE found no way, or DTLS was begun and left. 30 seconds by default. */
  readonly connectMs?: number;
}

const patienceMs = 30_000;

/** As `ConnectionOptions`, with the ports of all connections of the process. */
export interface TransportOptions extends Omit<ConnectionOptions, 'ports'> {
  readonly ports?: PortPool;
  /** Those of the process; what is done without counts nowhere. */
  readonly counters?: MediaCounters;
}

export function transportOptions({ ports, ...options }: ConnectionOptions): TransportOptions {
  return ports === undefined ? options : { ...options, ports: new PortPool(ports, options.bindAddress) };
}

export type ConnectionState = 'connecting' | 'connected' | 'disconnected' | 'closed';

export interface ConnectionEvents {
  /** A decrypted RTP or RTCP packet, of any stream of the bundle. The buffer belongs to whoever gets it. */
  onPacket(packet: Buffer): void;
  onState(state: ConnectionState): void;
}

const states: Partial<Record<string, ConnectionState>> = {
  connected: 'connected',
  disconnected: 'disconnected',
  failed: 'closed',
  closed: 'closed',
};

/**
 * ICE, DTLS and SRTP of one bundle, by libdatachannel: packets go in and come out, and it knows nothing of streams.
 * It gets one track and no media handlers, so all RTCP is ours.
 */
export class Connection {
  readonly ours: PeerParameters;
  state: ConnectionState = 'connecting';

  readonly #peer: PeerConnection;
  readonly #events: ConnectionEvents;
  readonly #release: () => void;
  readonly #patience: NodeJS.Timeout;
  readonly #counters: MediaCounters;
  #track: Track | undefined;

  /** For a client that offers. */
  static async answering(
    client: PeerParameters,
    options: TransportOptions,
    events: ConnectionEvents,
  ): Promise<Connection> {
    const { peer, release } = await newPeer(options);
    let track: Track | undefined;
    peer.onTrack((found) => {
      track = found;
    });
    // The client is to be active in DTLS: as DTLS client the library ends up without AES-GCM.
    const sdp = await gathered(peer, release, () =>
      peer.setRemoteDescription(syntheticDescription(client, 'active'), 'offer'),
    );
    const connection = new Connection(peer, sdp, options, events, release);
    if (track === undefined) peer.onTrack((found) => connection.#use(found));
    else connection.#use(track);
    return connection;
  }

  /** For a client that will answer, by `accept`. */
  static async offering(options: TransportOptions, events: ConnectionEvents): Promise<Connection> {
    const { peer, release } = await newPeer(options);
    const video = new ndc.Video('0', 'SendRecv');
    video.addVP8Codec(96);
    const track = peer.addTrack(video);
    const sdp = await gathered(peer, release, () => peer.setLocalDescription('offer'));
    const connection = new Connection(peer, sdp, options, events, release);
    connection.#use(track);
    return connection;
  }

  private constructor(
    peer: PeerConnection,
    sdp: string,
    options: TransportOptions,
    events: ConnectionEvents,
    release: () => void,
  ) {
    this.#peer = peer;
    this.#release = release;
    this.#events = events;
    this.#counters = options.counters ?? newMediaCounters();
    this.#counters.transports += 1;
    this.ours = announced(readSynthetic(sdp), options.announcedAddresses);
    peer.onStateChange((state) => this.#enter(states[state] ?? 'connecting'));
    this.#patience = setTimeout(() => this.close(), options.connectMs ?? patienceMs).unref();
  }

  /** Throws BAD_REQUEST when the library does not take it, UNAVAILABLE after its end: it is of no use then. */
  accept(client: PeerParameters): void {
    if (this.state === 'closed') throw gone();
    const setup = client.setup === 'actpass' ? 'active' : client.setup;
    try {
      this.#peer.setRemoteDescription(syntheticDescription(client, setup), 'answer');
    } catch (error) {
      this.close();
      throw refused(error);
    }
  }

  /** Encrypts and sends a copy: the buffer may be written over at once. False when it was not sent. */
  send(packet: Buffer): boolean {
    if (this.state !== 'connected' || this.#track === undefined) return false;
    try {
      if (!this.#track.sendMessageBinary(packet)) return false;
      this.#counters.packetsOut += 1;
      this.#counters.bytesOut += packet.length;
      return true;
    } catch {
      // The library has closed the track, and its event is still under way.
      return false;
    }
  }

  close(): void {
    if (this.state === 'closed') return;
    this.#enter('closed');
    this.#track?.close();
    this.#peer.close();
  }

  #use(track: Track): void {
    this.#track = track;
    track.onMessage((packet) => {
      if (this.state === 'closed') return;
      this.#counters.packetsIn += 1;
      this.#counters.bytesIn += packet.length;
      try {
        this.#events.onPacket(packet);
      } catch (error) {
        // Thrown into the library it would end the process, for all: by a packet that anybody can send.
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    });
  }

  #enter(state: ConnectionState): void {
    if (this.state === state || this.state === 'closed') return;
    this.state = state;
    if (state !== 'connecting') clearTimeout(this.#patience);
    if (state === 'closed') {
      this.#release();
      this.#counters.transports -= 1;
    }
    // What a listener throws is to end the process with its own trace, not as a failure in the library.
    try {
      this.#events.onState(state);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  }
}

async function newPeer({ bindAddress, ports }: TransportOptions) {
  const port = await ports?.take();
  const config: RtcConfig = {
    iceServers: [],
    ...(bindAddress === undefined ? {} : { bindAddress }),
    ...(port === undefined ? {} : { portRangeBegin: port, portRangeEnd: port }),
  };
  const release = () => {
    if (port !== undefined) ports?.give(port);
  };
  return { peer: new ndc.PeerConnection('media', config), release };
}

/** The local description with all candidates. Without STUN servers they are known at once. */
async function gathered(peer: PeerConnection, release: () => void, start: () => void): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    let isOver = false;
    const fail = (error: StoaError): void => {
      if (isOver) return;
      isOver = true;
      peer.close();
      release();
      reject(error);
    };
    peer.onGatheringStateChange((state) => {
      if (state !== 'complete') return;
      isOver = true;
      resolve();
    });
    // It gathers no more then, and says nothing of it.
    peer.onStateChange((state) => {
      if (state === 'closed' || state === 'failed') fail(gone());
    });
    try {
      start();
    } catch (error) {
      fail(refused(error));
    }
  });
  return peer.localDescription()?.sdp ?? '';
}

/**
 * Why the library did not take a description. It takes its transports down in a thread of its own: a description that
 * comes at that moment fails at the first candidate in it, whatever it says.
 */
function refused(error: unknown): StoaError {
  const isGone = error instanceof Error && /without ICE transport|destroyed|closed/i.test(error.message);
  if (isGone) return gone(error);
  return new StoaError('BAD_REQUEST', 'The SDP was refused by the transport.', {
    hint: 'Open a new transport.',
    cause: error,
  });
}

function gone(cause?: unknown): StoaError {
  return new StoaError('UNAVAILABLE', 'The connection has ended while it was set up.', {
    hint: 'Open a new transport.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function announced(ours: PeerParameters, addresses: readonly string[] = []): PeerParameters {
  if (addresses.length === 0) return ours;
  const ports = new Map(
    ours.candidates.filter(({ type }) => type === 'host').map((each) => [each.port, each]),
  );
  const candidates = [...ports.values()].flatMap((candidate) =>
    addresses.map((ip, index) => ({ ...candidate, ip, foundation: `${candidate.foundation}${index}` })),
  );
  return { ...ours, candidates };
}
