import type { RemoteStream, Room } from '@stoa/client';

interface Receipt {
  frames: number;
  energy: number;
}

interface Line extends Receipt {
  readonly stream: RemoteStream;
}

/** How often it is looked whose sound and picture an m-line has, in milliseconds. */
const intervalMs = 250;

/**
 * What was decoded of each stream. WebRTC counts by m-line, which shows one stream after the other: what it counts
 * between two looks belongs to the stream that was in it at both.
 */
export class Receipts {
  readonly #room: Room;
  readonly #lines = new Map<string, Line>();
  readonly #sums = new Map<RemoteStream, Receipt>();
  readonly #heights = new Map<RemoteStream, number>();
  /** By connection and m-line: what it shows, and from which picture on. */
  readonly #shown = new Map<
    string,
    { readonly stream: RemoteStream; readonly from: number; begun: boolean }
  >();
  readonly #pictures = new Map<string, number>();
  readonly #onBegun: (stream: RemoteStream) => void;

  /** `onBegun` hears of the first picture of each stream, again when it was gone meanwhile or comes on another connection. */
  constructor(room: Room, onBegun: (stream: RemoteStream) => void) {
    this.#room = room;
    this.#onBegun = onBegun;
    setInterval(() => void this.take(), intervalMs);
  }

  of(stream: RemoteStream): Receipt & { readonly height: number } {
    const sum = this.#sums.get(stream) ?? { frames: 0, energy: 0 };
    return { ...sum, height: this.#heights.get(stream) ?? 0 };
  }

  forget(): void {
    this.#sums.clear();
  }

  async take(): Promise<void> {
    const { view } = await this.#room.stats();
    const shown = new Map(
      this.#room.streams.flatMap((stream) =>
        stream.mediaStream.getTracks().map(({ id }) => [id, stream] as const),
      ),
    );
    const reports = [...(view?.values() ?? [])];
    // The m-lines of each have the same names.
    const connection = reports.find(({ type }) => type === 'transport')?.iceLocalUsernameFragment;
    for (const report of reports) {
      if (report.type !== 'inbound-rtp') continue;
      const stream = shown.get(report.trackIdentifier);
      const before = this.#lines.get(report.trackIdentifier);
      this.#look(`${connection} ${report.trackIdentifier}`, stream, report.framesDecoded ?? 0);
      if (stream === undefined) {
        this.#lines.delete(report.trackIdentifier);
        continue;
      }
      const now = { stream, frames: report.framesDecoded ?? 0, energy: report.totalAudioEnergy ?? 0 };
      this.#lines.set(report.trackIdentifier, now);
      if (report.kind === 'video') this.#heights.set(stream, report.frameHeight ?? 0);
      if (before?.stream !== stream) continue;
      const sum = this.#sums.get(stream) ?? { frames: 0, energy: 0 };
      this.#sums.set(stream, {
        frames: sum.frames + Math.max(0, now.frames - before.frames),
        energy: sum.energy + Math.max(0, now.energy - before.energy),
      });
    }
  }

  #look(line: string, stream: RemoteStream | undefined, pictures: number): void {
    const from = this.#pictures.get(line) ?? 0;
    this.#pictures.set(line, pictures);
    const before = this.#shown.get(line);
    if (stream === undefined) {
      this.#shown.delete(line);
      return;
    }
    const shown = before?.stream === stream ? before : { stream, from, begun: false };
    this.#shown.set(line, shown);
    if (shown.begun || pictures <= shown.from) return;
    shown.begun = true;
    this.#onBegun(stream);
  }
}
