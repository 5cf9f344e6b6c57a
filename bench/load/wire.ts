import { randomBytes } from 'node:crypto';
import { msgpackCodec, type ServerFrame } from '@stoa/protocol';
import { WebSocket } from 'ws';

/** One user of the load generator, whatever server he talks to. */
export interface LoadConnection {
  send(to: string, id: number, text: string): void;
  close(): void;
}

export interface LoadEvents {
  /** A message of this user was acknowledged. */
  acknowledged(id: number): void;
  /** A message reached this user; `id` is the sender's. */
  received(id: number): void;
}

/** Opens a connection and signs in. */
export type Connect = (
  url: string,
  address: string,
  token: string,
  events: LoadEvents,
) => Promise<LoadConnection>;

function open(url: string, protocols: string[]): WebSocket {
  return new WebSocket(url.replace(/^http/, 'ws'), protocols, { perMessageDeflate: false });
}

export const connectToRelay: Connect = (url, address, _token, events) =>
  new Promise((resolve, reject) => {
    const socket = open(url, []);
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify({ hello: address })));
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { welcome?: boolean; ack?: number; id?: number };
      if (frame.ack !== undefined) events.acknowledged(frame.ack);
      else if (frame.id !== undefined) events.received(frame.id);
      else if (frame.welcome) {
        resolve({
          send: (to, id, text) => socket.send(JSON.stringify({ to, id, text })),
          close: () => socket.close(),
        });
      }
    });
  });

/** Speaks the real protocol with receipts: what a turn brings is acknowledged once per conversation. */
export const connectToStoa: Connect = (url, _address, token, events) =>
  new Promise((resolve, reject) => {
    const socket = open(`${url}/ws`, [msgpackCodec.subprotocol]);
    const write = (...frames: object[]): void => {
      socket.send(msgpackCodec.join(frames.map((frame) => msgpackCodec.encode(frame))));
    };
    const reached = new Map<number, number>();
    const connection: LoadConnection = {
      send: (to, id, text) => write({ t: 'send', id, peer: to, content: { text } }),
      close: () => socket.close(),
    };
    socket.on('error', reject);
    socket.on('open', () => write({ t: 'hello', v: 1, token, device: randomBytes(16).toString('hex') }));
    socket.on('message', (data: Buffer) => {
      for (const frame of msgpackCodec.decode(data) as ServerFrame[]) {
        if (frame.t === 'message') {
          events.received(frame.id);
          reached.set(frame.conv, frame.seq);
        } else if (frame.t === 'sent') events.acknowledged(frame.id);
        else if (frame.t === 'ping') write({ t: 'pong' });
        else if (frame.t === 'welcome') resolve(connection);
        else if (frame.t === 'error') reject(new Error(`${frame.code}: ${frame.message}`));
      }
      if (reached.size === 0) return;
      write(...[...reached].map(([conv, seq]) => ({ t: 'received', conv, seq })));
      reached.clear();
    });
  });
