import type { RoomParticipant, RoomStreamPlace } from '@stoa/protocol';
import { RemoteStream } from './remote-stream.ts';
import type { RoomPlatform } from './room-platform.ts';
import { deviceKey } from './roster.ts';
import type { SlotTrack, Wishes } from './viewing.ts';

export interface RemoteStreamsOptions {
  readonly platform: RoomPlatform;
  readonly onWish: () => void;
  readonly onStream: (stream: RemoteStream) => void;
  readonly onChanged: (stream: RemoteStream) => void;
  readonly onEnded: (stream: RemoteStream) => void;
}

/** What others publish: for the same stream always the same object. */
export class RemoteStreams {
  readonly #options: RemoteStreamsOptions;
  /** The last of those that have ended, too: they may come back. */
  readonly #streams = new Map<string, RemoteStream>();
  #shown: readonly SlotTrack[] = [];

  constructor(options: RemoteStreamsOptions) {
    this.#options = options;
  }

  get all(): RemoteStream[] {
    return [...this.#streams.values()].filter(({ isThere }) => isThere);
  }

  /** What is wanted of what there is. */
  get wishes(): Wishes['streams'] {
    return this.all.flatMap((stream) => {
      const { user, dev, sid, wish } = stream;
      // Of whom nothing was said, the sound comes with that of all others.
      if (wish.audio === undefined && !wish.video) return [];
      const { audio = true, video, height } = wish;
      return [{ user, dev, sid, audio, video, ...(height === undefined ? {} : { height }) }];
    });
  }

  /** How a participant is now. */
  told(participant: RoomParticipant): void {
    const { onStream, onChanged } = this.#options;
    for (const info of participant.streams) {
      const key = keyOf(participant, info.sid);
      const known = this.#streams.get(key);
      if (known === undefined) {
        const stream = this.#new(participant, info);
        this.#streams.set(key, stream);
        onStream(stream);
        continue;
      }
      const isSame = JSON.stringify(known.info) === JSON.stringify(info);
      const wasThere = known.isThere;
      Object.assign(known, { participant, info, isThere: true });
      this.#pause(known, this.#tracksOf(key));
      if (!wasThere) onStream(known);
      else if (!isSame) onChanged(known);
    }
    for (const stream of this.all) {
      if (deviceKey(stream) !== deviceKey(participant)) continue;
      stream.participant = participant;
      if (!participant.streams.some(({ sid }) => sid === stream.sid)) this.#ended(stream);
    }
    this.#options.onWish();
  }

  gone(participant: RoomParticipant): void {
    for (const stream of this.all) if (deviceKey(stream) === deviceKey(participant)) this.#ended(stream);
  }

  /** Which track shows what. */
  show(tracks: readonly SlotTrack[]): void {
    this.#shown = tracks;
    for (const [key, stream] of this.#streams) {
      const own = this.#tracksOf(key);
      const changed = (['audio', 'video'] as const).map((kind) =>
        stream.use(kind, own.find(({ track }) => track.kind === kind)?.track),
      );
      changed.push(this.#pause(stream, own));
      if (stream.isThere && changed.includes(true)) this.#options.onChanged(stream);
    }
  }

  talking(speakers: readonly RoomStreamPlace[]): void {
    const keys = new Set(speakers.map((each) => keyOf(each, each.sid)));
    for (const [key, stream] of this.#streams) {
      const isTalking = keys.has(key);
      if (isTalking === stream.isTalking) continue;
      stream.isTalking = isTalking;
      if (stream.isThere) this.#options.onChanged(stream);
    }
  }

  close(): void {
    for (const stream of this.#streams.values()) {
      stream.release();
      stream.isThere = false;
    }
    this.show([]);
  }

  #new(participant: RoomParticipant, info: RoomParticipant['streams'][number]): RemoteStream {
    const { platform, onWish } = this.#options;
    const stream = new RemoteStream({ participant, info, platform, onWish });
    const tracks = this.#tracksOf(keyOf(participant, info.sid));
    for (const { track } of tracks) stream.use(track.kind as 'audio' | 'video', track);
    this.#pause(stream, tracks);
    return stream;
  }

  #tracksOf(key: string): readonly SlotTrack[] {
    return this.#shown.filter(({ of }) => keyOf(of, of.sid) === key);
  }

  /** @returns whether that has changed anything */
  #pause(stream: RemoteStream, tracks: readonly SlotTrack[]): boolean {
    const isOn = stream.info.video === 'on';
    const paused = isOn ? tracks.find(({ track }) => track.kind === 'video')?.paused : undefined;
    if (paused === stream.paused) return false;
    stream.paused = paused;
    return true;
  }

  #ended(stream: RemoteStream): void {
    stream.isThere = false;
    stream.isTalking = false;
    this.#options.onEnded(stream);
    const ended = [...this.#streams].filter(([, { isThere, isAttached }]) => !isThere && !isAttached);
    for (const [key] of ended.slice(0, -keptEnded)) this.#streams.delete(key);
  }
}

/** Where people come and go for days, there is no end of them. */
const keptEnded = 100;

function keyOf(device: { readonly user: string; readonly dev: number }, sid: number): string {
  return `${sid} ${deviceKey(device)}`;
}
