/**
 * Speaks Stoa's protocol as a real device does: receipts on, what a turn brings is acknowledged once per conversation, what
 * groups bring in a fraction of a second once for all of it, pings are answered, and a new connection names the position of
 * the last one.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { messageFlags, msgpackCodec, type ServerFrame } from '@stoa/protocol';
import { WebSocket } from 'ws';
import { GatheredReceipts } from './gathered-receipts.ts';
import type { LoadClient, LoadEvents, LoadUser, Wire } from './wire.ts';

export const wire: Wire = (url, user, events) => new StoaClient(url, user, events);

class StoaClient implements LoadClient {
  readonly #url: string;
  readonly #token: string;
  readonly #events: LoadEvents;
  readonly #device = randomBytes(16).toString('hex');
  readonly #ofGroups = new GatheredReceipts((receipts) => this.#write(...receipts));
  #position: number | undefined;
  #socket: WebSocket | undefined;
  #live = (): void => {};

  constructor(url: string, { token }: LoadUser, events: LoadEvents) {
    this.#url = `${url.replace(/^http/, 'ws')}/ws`;
    this.#token = token;
    this.#events = events;
  }

  connect(): Promise<void> {
    const socket = new WebSocket(this.#url, [msgpackCodec.subprotocol], { perMessageDeflate: false });
    this.#socket = socket;
    socket.on('open', () =>
      this.#write({
        t: 'hello',
        v: 1,
        token: this.#token,
        device: this.#device,
        ...(this.#position === undefined ? {} : { position: this.#position }),
      }),
    );
    socket.on('message', (data: Buffer) => this.#read(data));
    socket.on('error', (error) => this.#failed(socket, error));
    socket.on('close', (code) => this.#failed(socket, new Error(`The connection ended with code ${code}.`)));
    return new Promise((resolve) => {
      this.#live = resolve;
    });
  }

  send(to: string, id: number, text: string): void {
    this.#write({ t: 'send', id, peer: to, content: { text } });
  }

  sendToGroup(group: string, id: number, text: string, receipts: boolean): void {
    const flags = receipts ? {} : { flags: messageFlags.transient };
    this.#write({ t: 'send', id, gid: Number(group), content: { text }, ...flags });
  }

  drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#ofGroups.clear();
    socket?.terminate();
  }

  #read(data: Buffer): void {
    let received: Map<number, number> | undefined;
    let isFromGroup = false;
    for (const frame of msgpackCodec.decode(data) as ServerFrame[]) {
      if (frame.t === 'message') {
        this.#events.received(frame.id);
        if (frame.seq === 0) continue;
        if (frame.gid !== undefined) {
          this.#ofGroups.add(frame.conv, frame.seq);
          isFromGroup = true;
          continue;
        }
        received ??= new Map();
        received.set(frame.conv, frame.seq);
      } else if (frame.t === 'sent') this.#events.acknowledged(frame.id);
      else if (frame.t === 'ping') this.#write({ t: 'pong' });
      else if (frame.t === 'error') this.#events.failed(new Error(`${frame.code}: ${frame.message}`));
      else if (frame.t === 'synced') {
        this.#position = frame.position;
        this.#live();
      }
    }
    if (isFromGroup) this.#ofGroups.sendWhenDue();
    if (received === undefined) return;
    this.#write(...[...received].map(([conv, seq]) => ({ t: 'received', conv, seq })));
  }

  #write(...frames: object[]): void {
    this.#socket?.send(msgpackCodec.join(frames.map((frame) => msgpackCodec.encode(frame))));
  }

  /** Of a connection that was dropped nothing is expected. */
  #failed(socket: WebSocket, error: Error): void {
    if (this.#socket === socket) this.#events.failed(error);
  }
}
