import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Room } from '../room/room.ts';
import type { FromHome, FromPart, PipedStream } from './messages.ts';
import { PipeIn } from './pipe-in.ts';
import { PipeSocket } from './pipe-socket.ts';

export interface PartEvents {
  /** All streams of the room, each time that one has changed. */
  onStreams(streams: readonly PipedStream[]): void;
  onLevels(levels: ReadonlyMap<string, number>): void;
}

/** The part of a room that is viewed in this process, while the room lives in another. */
export class RoomPart {
  readonly #room: Room;
  readonly #events: PartEvents;
  #socket: PipeSocket<FromPart, FromHome> | undefined;
  #pipe: PipeIn | undefined;

  /** Waits at this path for the process that the room lives in. */
  static async listen(path: string, room: Room, events: PartEvents): Promise<RoomPart> {
    const part = new RoomPart(room, events);
    const server = createServer((socket) => {
      server.close();
      part.#accept(socket);
    });
    server.listen(path);
    await once(server, 'listening');
    return part;
  }

  private constructor(room: Room, events: PartEvents) {
    this.#room = room;
    this.#events = events;
  }

  tellLayers(stream: string, layers: readonly { rid: string; active: boolean }[]): void {
    this.#pipe?.tellLayers(stream, layers);
  }

  tick(now: number): void {
    this.#pipe?.tick(now);
  }

  close(): void {
    this.#socket?.close();
    this.#pipe = undefined;
  }

  #accept(accepted: Socket): void {
    const socket = new PipeSocket<FromPart, FromHome>(accepted, {
      onMessage: (message) => this.#take(pipe, message),
      onPacket: (source, packet) => pipe.receive(source, packet, Date.now()),
      // The process that the room lives in is gone; the server will close what is left of the room.
      onClose: () => this.close(),
    });
    const pipe = new PipeIn(this.#room, socket);
    this.#socket = socket;
    this.#pipe = pipe;
  }

  #take(pipe: PipeIn, message: FromHome): void {
    switch (message.type) {
      case 'streams':
        pipe.keep(new Set(message.streams.map(({ inRoom }) => inRoom)));
        this.#events.onStreams(message.streams);
        return;
      case 'source':
        pipe.addSource(message);
        return;
      case 'report':
        pipe.addReport(message);
        return;
      case 'levels':
        this.#events.onLevels(new Map(message.levels));
    }
  }
}
