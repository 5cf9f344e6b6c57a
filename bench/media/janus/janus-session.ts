import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** What Janus says to a request: of the plugin, with an SDP where there is one. */
export interface JanusAnswer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly sdp: string;
}

interface JanusMessage {
  readonly janus: string;
  readonly transaction?: string;
  readonly error?: { readonly reason: string };
  readonly data?: { readonly id: number };
  readonly plugindata?: { readonly data: Readonly<Record<string, unknown>> };
  readonly jsep?: { readonly sdp: string };
}

const tries = 100;
const tryMs = 50;

/** A session of Janus over its WebSocket. */
export class JanusSession {
  readonly #socket: WebSocket;
  readonly #asked = new Map<string, PromiseWithResolvers<JanusMessage>>();
  #id: number | undefined;
  #next = 1;

  /** Connects as soon as Janus listens. */
  static async open(address: string): Promise<JanusSession> {
    for (let attempt = 1; ; attempt += 1) {
      const socket = new WebSocket(address, 'janus-protocol');
      try {
        await once(socket, 'open');
        const session = new JanusSession(socket);
        session.#id = (await session.#ask({ janus: 'create' })).data?.id;
        return session;
      } catch (error) {
        if (attempt === tries) throw error;
        await wait(tryMs);
      }
    }
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (text) => this.#take(JSON.parse(String(text))));
  }

  /** A handle of the VideoRoom. */
  async attach(): Promise<number> {
    const { data } = await this.#ask({ janus: 'attach', plugin: 'janus.plugin.videoroom' });
    return data?.id ?? 0;
  }

  /** Asks the plugin something, and waits for what comes of it. */
  async request(handle: number, body: object, jsep?: { type: string; sdp: string }): Promise<JanusAnswer> {
    const answer = await this.#ask({
      janus: 'message',
      handle_id: handle,
      body,
      ...(jsep === undefined ? {} : { jsep }),
    });
    const data = answer.plugindata?.data ?? {};
    if (data.error !== undefined) throw new Error(`Janus: ${data.error}`);
    return { data, sdp: answer.jsep?.sdp ?? '' };
  }

  close(): void {
    this.#socket.close();
  }

  #ask(message: object): Promise<JanusMessage> {
    const transaction = String(this.#next++);
    const asked = Promise.withResolvers<JanusMessage>();
    this.#asked.set(transaction, asked);
    const session = this.#id === undefined ? {} : { session_id: this.#id };
    this.#socket.send(JSON.stringify({ ...message, ...session, transaction }));
    return asked.promise;
  }

  #take(message: JanusMessage): void {
    // That a request has come is no answer to it; that follows.
    if (message.janus === 'ack') return;
    const asked = this.#asked.get(message.transaction ?? '');
    if (asked === undefined) return;
    this.#asked.delete(message.transaction ?? '');
    if (message.error === undefined) asked.resolve(message);
    else asked.reject(new Error(`Janus: ${message.error.reason}`));
  }
}
