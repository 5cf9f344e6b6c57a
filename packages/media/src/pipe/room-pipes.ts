import { once } from 'node:events';
import { connect } from 'node:net';
import type { Room } from '../room/room.ts';
import type { FromHome, FromPart, PipedStream } from './messages.ts';
import { PipeOut } from './pipe-out.ts';
import { PipeSocket } from './pipe-socket.ts';

/** The pipes from a room to the processes in which others view it, too. */
export class RoomPipes {
  readonly #room: Room;
  readonly #pipes = new Set<PipeOut>();

  constructor(room: Room) {
    this.#room = room;
  }

  /** Connects to a part that listens there. */
  async open(path: string, streams: readonly PipedStream[]): Promise<void> {
    const socket = connect(path);
    await once(socket, 'connect');
    const end = new PipeSocket<FromHome, FromPart>(socket, {
      onMessage: (message) => pipe.take(message),
      onPacket: () => {},
      onClose: () => {
        detach();
        this.#pipes.delete(pipe);
      },
    });
    const pipe = new PipeOut(this.#room, end);
    const detach = this.#room.attach(pipe);
    this.#pipes.add(pipe);
    pipe.tellStreams(streams);
  }

  /** Tells of all streams, if there is anybody to tell. */
  tellStreams(list: () => readonly PipedStream[]): void {
    if (this.#pipes.size === 0) return;
    const streams = list();
    for (const pipe of this.#pipes) pipe.tellStreams(streams);
  }

  tellLevels(levels: ReadonlyMap<string, number>): void {
    for (const pipe of this.#pipes) pipe.tellLevels(levels);
  }

  tick(now: number): void {
    for (const pipe of this.#pipes) pipe.tick(now);
  }

  close(): void {
    for (const pipe of this.#pipes) pipe.close();
  }
}
