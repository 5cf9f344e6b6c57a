import { availableParallelism } from 'node:os';
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
import { lost, type MediaWorker } from './media-worker.ts';
import type { CommandName, Commands } from './messages.ts';
import { splitPorts } from './split-ports.ts';
import { SupervisedWorker } from './supervised-worker.ts';

export interface WorkerEngineOptions extends ConnectionOptions {
  /** Processes; one per core by default. Each gets its share of the ports. */
  readonly workers?: number;
  /** Called when a process has ended, for the log. */
  readonly onWorkerLost?: (lost: {
    readonly reason: string;
    readonly rooms: number;
    readonly restartInMs: number;
  }) => void;
}

/** The media plane in processes of its own. A room lives in one of them, which is the one with the fewest. */
export class WorkerEngine implements MediaEngine {
  readonly #supervised: readonly SupervisedWorker[];
  /** Where each room is. */
  readonly #rooms = new Map<string, MediaWorker>();
  /** Those that are being recorded. */
  readonly #recorded = new Set<string>();
  readonly #listeners = new Set<(event: MediaEvent) => void>();

  /** @throws StoaError BAD_REQUEST when the ports are too few for the workers. */
  constructor(options: WorkerEngineOptions = {}) {
    const { workers = availableParallelism(), onWorkerLost, ports, ...connections } = options;
    const shares = splitPorts(ports, workers);
    this.#supervised = shares.map(
      (share) =>
        new SupervisedWorker(
          { ...connections, ...(share === undefined ? {} : { ports: share }) },
          {
            onEvent: (event) => this.#emit(event),
            onLost: (reason, restartInMs) => {
              const rooms = this.#forgetLost();
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
    const worker = this.#leastBusy();
    this.#rooms.set(room, worker);
    try {
      await worker.call('createRoom', [room, options]);
    } catch (error) {
      if (this.#rooms.get(room) === worker) this.#rooms.delete(room);
      throw error;
    }
  }

  async closeRoom(room: string): Promise<void> {
    const closed = this.#call('closeRoom', room);
    this.#rooms.delete(room);
    this.#recorded.delete(room);
    await closed;
  }

  permit(room: string, participant: string, kinds: readonly StreamKind[]) {
    return this.#call('permit', room, participant, kinds);
  }

  limit(room: string, participant: string, limits: Limits) {
    return this.#call('limit', room, participant, limits);
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
    return this.#call('view', room, participant);
  }

  answer(room: string, participant: string, answer: ViewOffer) {
    return this.#call('answer', room, participant, answer);
  }

  watch(room: string, participant: string, wishes: readonly Wish[]) {
    return this.#call('watch', room, participant, wishes);
  }

  unview(room: string, participant: string) {
    return this.#call('unview', room, participant);
  }

  leave(room: string, participant: string) {
    return this.#call('leave', room, participant);
  }

  statistics(room: string) {
    return this.#call('statistics', room);
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
    await Promise.allSettled([...this.#recorded].map((room) => this.#call('closeRoom', room)));
    this.#rooms.clear();
    await Promise.all(this.#supervised.map((each) => each.stop()));
  }

  async #call<Name extends CommandName>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<Awaited<ReturnType<Commands[Name]>>> {
    const [room] = args;
    const worker = this.#rooms.get(room);
    if (worker === undefined) throw new StoaError('NOT_FOUND', `There is no room "${room}".`);
    return (await worker.call(name, args)) as Awaited<ReturnType<Commands[Name]>>;
  }

  #leastBusy(): MediaWorker {
    const counts = new Map<MediaWorker, number>();
    for (const { worker } of this.#supervised) if (worker !== undefined) counts.set(worker, 0);
    for (const worker of this.#rooms.values()) counts.set(worker, (counts.get(worker) ?? 0) + 1);
    const [first] = [...counts].sort(([, a], [, b]) => a - b);
    if (first === undefined) throw lost();
    return first[0];
  }

  /** Tells of the rooms whose process is gone, and answers how many there were. */
  #forgetLost(): number {
    const alive = new Set(this.#supervised.map(({ worker }) => worker));
    const gone = [...this.#rooms].filter(([, worker]) => !alive.has(worker)).map(([room]) => room);
    for (const room of gone) this.#rooms.delete(room);
    for (const room of gone) this.#emit({ type: 'roomLost', room });
    return gone.length;
  }

  #emit(event: MediaEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
