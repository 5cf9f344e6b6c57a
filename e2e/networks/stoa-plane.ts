import { type MediaEngine, type MediaEvent, WorkerEngine } from '@stoa/media';
import type { CallPlane, OnEncodings } from './call-plane.ts';

const streams = [
  { mid: '0', kind: 'microphone', name: 'mic' },
  { mid: '1', kind: 'camera', name: 'cam' },
] as const;

/** Our media plane, in a process of its own. */
export class StoaPlane implements CallPlane {
  /** Of the call that goes on. */
  readonly events: MediaEvent[] = [];
  readonly #engine: MediaEngine = new WorkerEngine({ bindAddress: '127.0.0.1', workers: 1 });
  readonly #versions = new Map<string, number>();
  #room = '';
  #onEncodings: OnEncodings = () => {};

  constructor() {
    this.#engine.onEvent((event) => {
      this.events.push(event);
      if (event.type === 'encodings') this.#onEncodings(event.participant, event.encodings);
    });
  }

  async begin(onEncodings: OnEncodings): Promise<void> {
    this.events.length = 0;
    this.#onEncodings = onEncodings;
    this.#room = `room-${Date.now()}`;
    await this.#engine.createRoom(this.#room);
  }

  async publish(name: string, sdp: string): Promise<string> {
    await this.#engine.permit(this.#room, name, ['microphone', 'camera']);
    return (await this.#engine.publish(this.#room, name, { sdp, streams })).sdp;
  }

  async view(name: string, of: string): Promise<string> {
    await this.#engine.watch(this.#room, name, [
      { stream: `${of}/mic` },
      { stream: `${of}/cam`, height: 1080 },
    ]);
    const { version, sdp } = await this.#engine.view(this.#room, name);
    this.#versions.set(name, version);
    return sdp;
  }

  async answer(name: string, sdp: string): Promise<void> {
    await this.#engine.answer(this.#room, name, { version: this.#versions.get(name) ?? 0, sdp });
  }

  async layer(name: string): Promise<string | undefined> {
    const { participants } = await this.#engine.statistics(this.#room);
    const of = participants.find(({ participant }) => participant === name)?.viewing?.slots ?? [];
    return of.find(({ stream, mid }) => stream !== null && mid.startsWith('v'))?.rid ?? undefined;
  }

  /** The codec of the sound that somebody sends, and the layers of his camera that come. */
  async published(name: string) {
    const { participants } = await this.#engine.statistics(this.#room);
    const of = participants.find(({ participant }) => participant === name)?.publishing?.streams ?? [];
    return of.flatMap(({ layers }) => layers);
  }

  async end(): Promise<void> {
    await this.#engine.closeRoom(this.#room);
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }
}
