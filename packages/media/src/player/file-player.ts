import { setTimeout as sleep } from 'node:timers/promises';
import { StoaError } from '@stoa/protocol';
import { readRtcp } from '../rtcp/read.ts';
import { writeRtcp } from '../rtcp/write.ts';
import { isRtcp } from '../rtp/rtp-header.ts';
import { peerParameters } from '../sdp/peer-parameters.ts';
import { readSdp } from '../sdp/read-sdp.ts';
import { Connection, type ConnectionState } from '../transport/connection.ts';
import { type MediaFiles, openMediaFiles } from './media-files.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import { playerOffer } from './player-offer.ts';

/** When the first frame is due, by the clock that sends and by that of the wall. */
interface Start {
  readonly at: number;
  readonly time: number;
}

export interface FilePlayerOptions {
  /** Local address to send from; any by default. */
  readonly bindAddress?: string;
  /** Begins again at the end, for ever. */
  readonly loop?: boolean;
}

/**
 * Publishes a WebM file (Opus, VP8, VP9) as it is, without decoding it: to a room of ours, or whatever takes WHIP (RFC
 * 9725). Who comes later has sound at once, and a picture from the next key frame of the file on.
 *
 * @example
 * const player = await FilePlayer.open(['film.webm']);
 * player.accept(await answerOf(player.offer)); // by WHIP, or `engine.publish`
 * await player.play();
 * player.close();
 */
export class FilePlayer {
  readonly offer: string;
  /** Of the longest track. */
  readonly durationMs: number;
  readonly #files: MediaFiles;
  readonly #streams: readonly OutgoingStream[];
  readonly #loop: boolean;
  readonly #connection: Connection;
  readonly #connected = Promise.withResolvers<void>();
  /** The other side has said something: its half of the connection is up, too. */
  readonly #heard = Promise.withResolvers<void>();
  readonly #ended = new AbortController();

  /**
   * Opens files that begin at the same time, with at most one sound and one picture in all.
   *
   * @throws StoaError NOT_FOUND, UNSUPPORTED_TYPE for what cannot be played, or CONFLICT for two sounds or pictures
   */
  static async open(
    paths: readonly string[],
    { bindAddress, loop = false }: FilePlayerOptions = {},
  ): Promise<FilePlayer> {
    const files = await openMediaFiles(paths);
    const tracks = [files.sound, files.picture].filter((track) => track !== undefined);
    const streams = tracks.map((track, index) => new OutgoingStream(String(index), track, Math.random));
    const events = { onPacket: (_: Buffer) => {}, onState: (_: ConnectionState) => {} };
    const options = bindAddress === undefined ? {} : { bindAddress };
    const connection = await Connection.offering(options, {
      onPacket: (packet) => events.onPacket(packet),
      onState: (state) => events.onState(state),
    }).catch((error: unknown) => {
      files.close();
      throw error;
    });
    const player = new FilePlayer(files, streams, connection, loop);
    events.onPacket = (packet) => player.#take(packet);
    events.onState = (state) => player.#enter(state);
    return player;
  }

  private constructor(
    files: MediaFiles,
    streams: readonly OutgoingStream[],
    connection: Connection,
    loop: boolean,
  ) {
    this.#files = files;
    this.#streams = streams;
    this.#loop = loop;
    this.#connection = connection;
    this.durationMs = files.durationMs;
    this.offer = playerOffer(streams, connection.ours);
    this.#connected.promise.catch(() => {});
  }

  /** Takes the answer to the offer. Throws BAD_REQUEST when it is none. */
  accept(answer: string): void {
    this.#connection.accept(readSdp(answer, peerParameters));
  }

  /**
   * Resolves at the end of the file, or when `signal` says so.
   *
   * @throws StoaError UNAVAILABLE when there is no connection, or no more
   */
  async play(signal?: AbortSignal): Promise<void> {
    const ended = this.#ended.signal;
    const stop = signal === undefined ? ended : AbortSignal.any([signal, ended]);
    await this.#whenConnected(stop);
    await Promise.race([this.#heard.promise, until(performance.now() + firstWordMs, stop)]);
    const start = { at: performance.now(), time: Date.now() };
    const reports = setInterval(() => this.#report(this.#streams, start), reportMs);
    try {
      for (let from = 0; !stop.aborted; from += this.durationMs) {
        await Promise.all(this.#streams.map((stream) => this.#send(stream, start, from, stop)));
        await until(start.at + from + this.durationMs, stop);
        if (!this.#loop) break;
      }
    } finally {
      clearInterval(reports);
    }
    if (ended.aborted) throw ended.reason;
  }

  /** Or when it is stopped before. */
  async #whenConnected(stop: AbortSignal): Promise<void> {
    const timer = setTimeout(() => this.#fail(), connectMs);
    const onStop = (): void => this.#connected.resolve();
    stop.addEventListener('abort', onStop);
    try {
      await this.#connected.promise;
    } finally {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
    }
  }

  close(): void {
    this.#connection.close();
    this.#files.close();
  }

  async #send(stream: OutgoingStream, start: Start, from: number, stop: AbortSignal): Promise<void> {
    let isFirst = from === 0;
    for await (const frame of stream.track.frames()) {
      const atMs = from + frame.atMs;
      await until(start.at + atMs, stop);
      if (stop.aborted) return;
      for (const [index, packet] of stream.packetsOf(frame, atMs).entries()) {
        // Routers on the way drop what comes in one heap.
        if (index > 0 && index % burstPackets === 0) await until(performance.now() + burstMs, stop);
        this.#connection.send(packet);
      }
      // Of a stream that nobody knows yet it would be lost.
      if (isFirst) this.#report([stream], start);
      isFirst = false;
    }
  }

  /** By the clock that sends: another one would move against it. */
  #report(streams: readonly OutgoingStream[], { at, time }: Start): void {
    const atMs = performance.now() - at;
    for (const stream of streams) this.#connection.send(writeRtcp(stream.report(atMs, time + atMs)));
  }

  #take(packet: Buffer): void {
    if (!isRtcp(packet)) return;
    this.#heard.resolve();
    for (const message of readRtcp(packet)) {
      if (message.type !== 'nack') continue;
      const stream = this.#streams.find(({ ssrc }) => ssrc === message.ssrc);
      for (const sequence of message.sequences) {
        const lost = stream?.again(sequence);
        if (lost !== undefined) this.#connection.send(lost);
      }
    }
  }

  #enter(state: ConnectionState): void {
    if (state === 'connected') this.#connected.resolve();
    else if (state === 'closed') this.#fail();
  }

  #fail(): void {
    const error = new StoaError('UNAVAILABLE', 'There is no connection for media to the server.', {
      hint: 'Its UDP ports have to be reachable from here; and who publishes must be allowed to.',
    });
    this.#connected.reject(error);
    this.#ended.abort(error);
  }
}

/** Waits until then; shorter when stopped. */
async function until(at: number, signal: AbortSignal): Promise<void> {
  const ms = at - performance.now();
  if (ms > 1 && !signal.aborted) await sleep(ms, undefined, { signal }).catch(() => {});
}

const connectMs = 30_000;
/**
 * A handshake is over here before it is there: the first frames would be dropped, and with the first key frame perhaps the
 * whole picture. Our server speaks at once; others, which may not, are given this time.
 */
const firstWordMs = 500;
const reportMs = 1000;
/** At most so many packets at once, about 28 Mbit/s. */
const burstPackets = 16;
const burstMs = 5;
