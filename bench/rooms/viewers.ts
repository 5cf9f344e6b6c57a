/** Viewers of a room, without media: what each says and is told until he is in it. */
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import type { LoadUser } from '@stoa/cli/bench';
import { msgpackCodec, protocolVersion, type ServerFrame } from '@stoa/protocol';
import { WebSocket } from 'ws';
import { serve } from '../media/peer-process.ts';

interface Viewer {
  readonly socket: WebSocket;
  readonly answers: Map<number, PromiseWithResolvers<void>>;
  count: number;
}

const viewers: Viewer[] = [];

const commands = {
  /** Signs in, and does nothing yet. */
  async connect(url: string, users: readonly LoadUser[]): Promise<void> {
    for (let first = 0; first < users.length; first += signInsAtOnce) {
      const some = users.slice(first, first + signInsAtOnce);
      viewers.push(...(await Promise.all(some.map((user, index) => signIn(url, user, first + index)))));
    }
  },

  /** Milliseconds that each took from asking to join until what he watches was taken; so many at a time. */
  async join(gid: number, first: number, count: number, atOnce: number): Promise<number[]> {
    const took: number[] = [];
    const waiting = viewers.slice(first, first + count);
    const next = async (): Promise<void> => {
      for (let viewer = waiting.shift(); viewer !== undefined; viewer = waiting.shift()) {
        const from = performance.now();
        await ask(viewer, 1, 'rooms.join', { gid });
        await ask(viewer, 2, 'rooms.watch', { gid, streams: [], others: true });
        took.push(performance.now() - from);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, next));
    return took;
  },

  /** How many know that there are so many. */
  knowing(count: number): number {
    return viewers.filter((viewer) => viewer.count === count).length;
  },
};

export type Viewers = typeof commands;

async function signIn(url: string, { token }: LoadUser, index: number): Promise<Viewer> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, [msgpackCodec.subprotocol]);
  const viewer: Viewer = { socket, answers: new Map(), count: 0 };
  const welcome = Promise.withResolvers<void>();
  viewer.answers.set(0, welcome);
  socket.on('message', (data: Buffer) => {
    for (const frame of msgpackCodec.decode(data)) take(viewer, frame as ServerFrame);
  });
  await once(socket, 'open');
  send(viewer, { t: 'hello', v: protocolVersion, token, device: index.toString(16).padStart(32, '0') });
  await welcome.promise;
  return viewer;
}

function take(viewer: Viewer, frame: ServerFrame): void {
  switch (frame.t) {
    case 'ping':
      send(viewer, { t: 'pong' });
      return;
    case 'welcome':
      viewer.answers.get(0)?.resolve();
      return;
    case 'response': {
      const { room } = frame.body as { room?: { count: number } };
      if (room !== undefined) viewer.count = room.count;
      viewer.answers.get(frame.id)?.resolve();
      return;
    }
    case 'error':
      viewer.answers.get(frame.id ?? 0)?.reject(new Error(`${frame.code}: ${frame.message}`));
      return;
    case 'room':
      if (frame.event.type === 'count') viewer.count = frame.event.count;
  }
}

function ask(viewer: Viewer, id: number, op: string, body: object): Promise<void> {
  const answer = Promise.withResolvers<void>();
  viewer.answers.set(id, answer);
  send(viewer, { t: 'request', id, op, body });
  return answer.promise;
}

function send(viewer: Viewer, frame: object): void {
  viewer.socket.send(msgpackCodec.encode(frame));
}

const signInsAtOnce = 50;

serve(commands);
