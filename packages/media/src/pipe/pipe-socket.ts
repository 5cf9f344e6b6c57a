import type { Socket } from 'node:net';
import { FrameReader, messageFrame, packetFrame } from './frames.ts';

export interface PipeEvents<Message> {
  onMessage(message: Message): void;
  onPacket(source: number, packet: Buffer): void;
  onClose(): void;
}

/** When so much waits for the other process, it does not keep up: packets are dropped, as on any path. */
const mostWaiting = 8 * 1024 * 1024;

/** One end of a pipe between two of our processes. What is sent in one turn leaves in one write. */
export class PipeSocket<Out extends object, In> {
  readonly #socket: Socket;
  #isCorked = false;

  constructor(socket: Socket, events: PipeEvents<In>) {
    this.#socket = socket;
    const reader = new FrameReader({
      // Both ends are ours, in processes of one version.
      onMessage: (message) => events.onMessage(message as In),
      onPacket: (source, packet) => events.onPacket(source, packet),
    });
    socket.on('data', (piece) => {
      try {
        reader.push(piece);
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
    // That it has failed is told by its end.
    socket.on('error', () => {});
    socket.once('close', () => events.onClose());
  }

  send(message: Out): void {
    this.#write(messageFrame(message));
  }

  /** False when it was dropped. */
  sendPacket(source: number, packet: Buffer): boolean {
    if (this.#socket.writableLength > mostWaiting) return false;
    this.#write(packetFrame(source, packet));
    return true;
  }

  close(): void {
    this.#socket.destroy();
  }

  #write(frame: Buffer): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      setImmediate(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(frame);
  }
}
