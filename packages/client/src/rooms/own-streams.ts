import {
  type RoomInfo,
  type RoomParticipant,
  type RoomStream,
  type RoomStreamPlace,
  StoaError,
} from '@stoa/protocol';
import { OwnStream } from './own-stream.ts';
import type { Publishing } from './publishing.ts';
import type { RoomPlatform } from './room-platform.ts';
import type { RoomAsking } from './room-types.ts';

export interface PublishOptions {
  readonly source?: 'camera' | 'screen';
  readonly audio?: boolean;
  readonly video?: boolean;
  readonly sid?: number;
}

export interface OwnStreamsOptions {
  readonly gid: number;
  readonly platform: RoomPlatform;
  readonly publishing: Publishing;
  readonly limits: () => RoomInfo['limits'];
  readonly ask: RoomAsking;
  readonly onChanged: (stream: OwnStream) => void;
  readonly onEnded: (stream: OwnStream) => void;
  readonly onProblem: (error: unknown) => void;
}

/** What this device publishes, by number. */
export class OwnStreams {
  readonly #options: OwnStreamsOptions;
  readonly #streams = new Map<number, OwnStream>();
  readonly #leaveDevices: () => void;
  #closed = false;

  constructor(options: OwnStreamsOptions) {
    this.#options = options;
    this.#leaveDevices =
      options.platform.watchDevices?.((devices) => {
        for (const stream of this.all) stream.devicesChanged(devices);
      }) ?? (() => {});
  }

  get all(): OwnStream[] {
    return [...this.#streams.values()];
  }

  /** @throws StoaError CONFLICT, what the server says, or what is wrong with a device */
  async publish({
    source = 'camera',
    audio = true,
    video = true,
    sid = source === 'camera' ? 0 : this.#freeNumber(),
  }: PublishOptions): Promise<OwnStream> {
    const { publishing, onProblem } = this.#options;
    if (this.#streams.has(sid)) throw new StoaError('CONFLICT', `Stream ${sid} is published already.`);
    const stream = this.#new(sid, source);
    this.#streams.set(sid, stream);
    try {
      const problem = await stream.open({ audio, video });
      if (problem !== undefined) onProblem(problem);
      await publishing.add(stream);
    } catch (error) {
      stream.release();
      this.#streams.delete(sid);
      throw error;
    }
    return stream;
  }

  /** What the server knows of them: what others have muted, and what it has ended. */
  told({ streams }: RoomParticipant, mayPublish: boolean): void {
    const ended: OwnStream[] = [];
    for (const stream of this.all) {
      const info = streams.find(({ sid }) => sid === stream.sid);
      if (info !== undefined) {
        stream.told(info);
        this.#options.onChanged(stream);
      } else if (stream.info !== undefined && !mayPublish) ended.push(stream);
    }
    this.#end(ended);
  }

  talking(speakers: readonly RoomStreamPlace[], self: { readonly user: string; readonly dev: number }): void {
    for (const stream of this.all) {
      stream.isTalking = speakers.some(
        ({ user, dev, sid }) => user === self.user && dev === self.dev && sid === stream.sid,
      );
    }
  }

  /** Of what the server has taken, it takes nothing else any more. */
  keep(streams: readonly RoomStream[]): void {
    const isOver = ({ sid, info }: OwnStream): boolean =>
      info !== undefined && !streams.some((each) => each.sid === sid);
    this.#end(this.all.filter(isOver));
  }

  /** The server takes none of them any more. */
  endAll(): void {
    this.#end(this.all);
  }

  close(): void {
    this.#closed = true;
    this.#leaveDevices();
    for (const stream of this.all) stream.release();
    this.#streams.clear();
  }

  #new(number: number, source: 'camera' | 'screen'): OwnStream {
    const { platform, limits, publishing, ask, gid, onChanged, onProblem } = this.#options;
    return new OwnStream({
      sid: number,
      source,
      platform,
      height: limits().height,
      onTracks: (stream) => {
        publishing.changed(stream);
        onChanged(stream);
      },
      mute: async ({ sid }, muted) => {
        await ask('rooms.mute', { gid, sid, ...muted });
      },
      stop: (stream) => this.#stop(stream),
      onProblem,
    });
  }

  async #stop(stream: OwnStream): Promise<void> {
    if (this.#streams.get(stream.sid) !== stream) return;
    this.#streams.delete(stream.sid);
    this.#options.onEnded(stream);
    if (!this.#closed) await this.#options.publishing.remove(stream);
  }

  #end(streams: readonly OwnStream[]): void {
    if (streams.length === 0) return;
    this.#options.publishing.forget(streams);
    for (const stream of streams) {
      this.#streams.delete(stream.sid);
      stream.release();
      this.#options.onEnded(stream);
    }
  }

  #freeNumber(): number {
    let number = 1;
    while (this.#streams.has(number)) number += 1;
    return number;
  }
}
