import { setTimeout as wait } from 'node:timers/promises';
import type { CallPlane } from '../../e2e/networks/call-plane.ts';
import { startJanus } from '../media/janus/janus-process.ts';
import { JanusSession } from '../media/janus/janus-session.ts';

const tries = 200;
const tryMs = 100;

/** The VideoRoom of Janus, as it is by default: viewers get the largest layer, whatever their network takes. */
export class JanusPlane implements CallPlane {
  readonly #session: JanusSession;
  /** Publishers by number, and handles of viewers. */
  readonly #feeds = new Map<string, number>();
  readonly #viewers = new Map<string, number>();
  #room = 0;

  /** Within the network that it was given; it ends with this process. */
  static async open(): Promise<JanusPlane> {
    return new JanusPlane(await JanusSession.open(await startJanus()));
  }

  private constructor(session: JanusSession) {
    this.#session = session;
  }

  async begin(): Promise<void> {
    this.#room += 1;
    this.#feeds.clear();
    const body = {
      request: 'create',
      room: this.#room,
      publishers: 10,
      videocodec: 'vp8',
      audiocodec: 'opus',
    };
    await this.#session.request(await this.#session.attach(), { ...body, bitrate: 0 });
  }

  async publish(name: string, sdp: string): Promise<string> {
    const handle = await this.#session.attach();
    const id = this.#feeds.size + 1;
    this.#feeds.set(name, id);
    const body = { request: 'joinandconfigure', ptype: 'publisher', room: this.#room, id };
    return (await this.#session.request(handle, body, { type: 'offer', sdp })).sdp;
  }

  async view(name: string, of: string): Promise<string> {
    const handle = await this.#session.attach();
    this.#viewers.set(name, handle);
    const streams = [{ feed: this.#feeds.get(of) }];
    const body = { request: 'join', ptype: 'subscriber', room: this.#room, streams };
    // It knows a publisher only once his media comes.
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await this.#session.request(handle, body)).sdp;
      } catch (error) {
        if (attempt === tries || !String(error).includes('No such feed')) throw error;
        await wait(tryMs);
      }
    }
  }

  async answer(name: string, sdp: string): Promise<void> {
    const body = { request: 'start', room: this.#room };
    await this.#session.request(this.#viewers.get(name) ?? 0, body, { type: 'answer', sdp });
  }

  layer(): Promise<string> {
    return Promise.resolve('f');
  }

  async end(): Promise<void> {
    await this.#session.request(await this.#session.attach(), { request: 'destroy', room: this.#room });
  }

  close(): Promise<void> {
    this.#session.close();
    return Promise.resolve();
  }
}
