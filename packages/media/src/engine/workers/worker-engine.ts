import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { StoaError } from '@stoa/protocol';
import type { ConnectionOptions } from '../../transport/connection.ts';
import type { MediaEvent } from '../events.ts';
import type {
  Limits,
  MediaEngine,
  OfferedStream,
  RoomOptions,
  StreamKind,
  ViewOffer,
  Wish,
} from '../media-engine.ts';
import type { MediaTotals } from '../statistics.ts';
import { lost, type MediaWorker } from './media-worker.ts';
import type { CommandName, Commands } from './messages.ts';
import { splitPorts } from './split-ports.ts';
import { SpreadRoom } from './spread-room.ts';
import { SupervisedWorker } from './supervised-worker.ts';

export interface WorkerEngineOptions extends ConnectionOptions {
  /** Processes; one per core by default. Each gets its share of the ports. */
  readonly workers?: number;
  /** Viewers of one room that the process takes in which it lives, before they are spread over all; 100 by default. */
  readonly viewersAtHome?: number;
  /** Called when a process has ended, for the log. */
  readonly onWorkerLost?: (lost: {
    readonly reason: string;
    readonly rooms: number;
    readonly restartInMs: number;
  }) => void;
}

const defaultAtHome = 100;
/** A process that hangs is not to hold up who looks after all. */
const totalsMs = 1000;

/**
 * The media plane in processes of its own. A room lives in one of them, which is the one with the fewest; a large
 * audience is spread over all.
 */
export class WorkerEngine implements MediaEngine {
  readonly #supervised: readonly SupervisedWorker[];
  /** Where each room is. */
  readonly #rooms = new Map<string, SpreadRoom>();
  readonly #viewersAtHome: number;
  /** Of pipes between the processes, for them alone. */
  #folder: string | undefined;
  #pipes = 0;
  /** Those that are being recorded. */
  readonly #recorded = new Set<string>();
  readonly #listeners = new Set<(event: MediaEvent) => void>();

  /** @throws StoaError BAD_REQUEST when the ports are too few for the workers. */
  constructor(options: WorkerEngineOptions = {}) {
    const {
      workers = availableParallelism(),
      viewersAtHome = defaultAtHome,
      onWorkerLost,
      ports,
      ...connections
    } = options;
    this.#viewersAtHome = viewersAtHome;
    const shares = splitPorts(ports, workers);
    this.#supervised = shares.map(
      (share) =>
        new SupervisedWorker(
          { ...connections, ...(share === undefined ? {} : { ports: share }) },
          {
            onEvent: (event) => this.#emit(event),
            onLost: (worker, reason, restartInMs) => {
              const rooms = this.#forgetLost(worker);
              onWorkerLost?.({ reason, rooms, restartInMs });
            },
          },
        ),
    );
  }

  /** Of the processes that run now. */
  get pids(): number[] {
    return this.#supervised.flatMap(({ worker }) => worker?.pid ?? []);
  }

  async createRoom(room: string, options: RoomOptions = {}): Promise<void> {
    if (this.#rooms.has(room)) throw new StoaError('CONFLICT', `There is a room "${room}" already.`);
    const spread = new SpreadRoom(room, this.#leastBusy(), options, {
      viewersAtHome: this.#viewersAtHome,
      workers: () => this.#running(),
      newPath: () => this.#newPath(),
    });
    this.#rooms.set(room, spread);
    try {
      await spread.home.call('createRoom', [room, options]);
    } catch (error) {
      if (this.#rooms.get(room) === spread) this.#rooms.delete(room);
      throw error;
    }
  }

  async closeRoom(room: string): Promise<void> {
    const closed = this.#room(room).close();
    this.#rooms.delete(room);
    this.#recorded.delete(room);
    await closed;
  }

  permit(room: string, participant: string, kinds: readonly StreamKind[]) {
    return this.#call('permit', room, participant, kinds);
  }

  async limit(room: string, participant: string, limits: Limits) {
    await this.#room(room).limit(participant, limits);
  }

  publish(
    room: string,
    participant: string,
    offer: { readonly sdp: string; readonly streams: readonly OfferedStream[] },
  ) {
    return this.#call('publish', room, participant, offer);
  }

  unpublish(room: string, participant: string) {
    return this.#call('unpublish', room, participant);
  }

  streams(room: string) {
    return this.#call('streams', room);
  }

  closeStream(room: string, stream: string) {
    return this.#call('closeStream', room, stream);
  }

  mute(room: string, stream: string, muted: boolean) {
    return this.#call('mute', room, stream, muted);
  }

  requestKeyFrame(room: string, stream: string) {
    return this.#call('requestKeyFrame', room, stream);
  }

  view(room: string, participant: string) {
    return this.#callViewing('view', room, participant);
  }

  play(room: string, participant: string, offer: string) {
    return this.#callViewing('play', room, participant, offer);
  }

  answer(room: string, participant: string, answer: ViewOffer) {
    return this.#callViewing('answer', room, participant, answer);
  }

  async watch(room: string, participant: string, wishes: readonly Wish[]) {
    return (await this.#room(room).watch(participant, wishes)) as { readonly offer: ViewOffer | null };
  }

  unview(room: string, participant: string) {
    return this.#callViewing('unview', room, participant);
  }

  async leave(room: string, participant: string) {
    await this.#room(room).leave(participant);
  }

  async statistics(room: string) {
    return this.#room(room).statistics();
  }

  async totals(): Promise<readonly MediaTotals[]> {
    const late = wait(totalsMs, undefined, { ref: false });
    const all = await Promise.all(
      this.#supervised.map(async ({ worker: running }, worker) => {
        const asked = (running?.call('totals', []) ?? late) as Promise<readonly MediaTotals[] | undefined>;
        const totals = await Promise.race([asked.catch(() => undefined), late]);
        return totals?.map((each) => ({ ...each, worker })) ?? [];
      }),
    );
    return all.flat();
  }

  async record(room: string, directory: string): Promise<void> {
    await this.#call('record', room, directory);
    this.#recorded.add(room);
  }

  stopRecording(room: string) {
    this.#recorded.delete(room);
    return this.#call('stopRecording', room);
  }

  onEvent(listener: (event: MediaEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    // Their files are to be whole before the processes end; without an answer they end all the same.
    await Promise.allSettled([...this.#recorded].map((room) => this.closeRoom(room)));
    this.#rooms.clear();
    await Promise.all(this.#supervised.map((each) => each.stop()));
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  async #call<Name extends CommandName>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<Awaited<ReturnType<Commands[Name]>>> {
    const [room] = args;
    return (await this.#room(room).home.call(name, args)) as Awaited<ReturnType<Commands[Name]>>;
  }

  /** Of somebody's view, which may be in another process than the room. */
  async #callViewing<Name extends 'view' | 'play' | 'answer' | 'unview'>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<Awaited<ReturnType<Commands[Name]>>> {
    const [room, participant] = args;
    const worker = await this.#room(room).viewing(participant);
    return (await worker.call(name, args)) as Awaited<ReturnType<Commands[Name]>>;
  }

  #room(id: string): SpreadRoom {
    const room = this.#rooms.get(id);
    if (room === undefined) throw new StoaError('NOT_FOUND', `There is no room "${id}".`);
    return room;
  }

  #running(): MediaWorker[] {
    return this.#supervised.flatMap(({ worker }) => worker ?? []);
  }

  #newPath(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'stoa-media-'));
    this.#pipes += 1;
    const name = `${this.#pipes}.sock`;
    return process.platform === 'win32' ? `\\\\.\\pipe\\${this.#folder}\\${name}` : join(this.#folder, name);
  }

  #leastBusy(): MediaWorker {
    const counts = new Map<MediaWorker, number>();
    for (const worker of this.#running()) counts.set(worker, 0);
    for (const { home } of this.#rooms.values()) counts.set(home, (counts.get(home) ?? 0) + 1);
    const [first] = [...counts].sort(([, a], [, b]) => a - b);
    if (first === undefined) throw lost();
    return first[0];
  }

  /** Tells of the rooms whose process is gone, and of views that were in it; answers how many rooms there were. */
  #forgetLost(worker: MediaWorker): number {
    const gone = [...this.#rooms.values()].filter(({ home }) => home === worker);
    for (const room of gone) {
      this.#rooms.delete(room.id);
      void room.closeParts();
    }
    for (const { id: room } of gone) this.#emit({ type: 'roomLost', room });
    for (const room of this.#rooms.values()) {
      for (const participant of room.forget(worker))
        this.#emit({ type: 'connection', room: room.id, participant, direction: 'view', state: 'closed' });
    }
    return gone.length;
  }

  #emit(event: MediaEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
