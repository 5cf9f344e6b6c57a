import type { Limits, RoomOptions, Wish } from '../media-engine.ts';
import type { RoomStatistics } from '../statistics.ts';
import { lost, type MediaWorker } from './media-worker.ts';

export interface SpreadOptions {
  /** Viewers that the process of a room takes before others do. */
  readonly viewersAtHome: number;
  /** The processes that run now. */
  workers(): readonly MediaWorker[];
  /** A path for the pipe to another part. */
  newPath(): string;
}

/** Somebody who views, or will; what he wants is kept for when he has to go to another process. */
interface Viewer {
  worker: MediaWorker | undefined;
  wishes: readonly Wish[] | undefined;
  limits: Limits | undefined;
}

/**
 * A room over several processes: it lives in one, its home, where all is published. Beyond a number of viewers the others
 * are spread over all processes, and what they view is piped to each of these once.
 */
export class SpreadRoom {
  readonly id: string;
  readonly home: MediaWorker;
  readonly #options: RoomOptions;
  readonly #spread: SpreadOptions;
  readonly #parts = new Map<MediaWorker, Promise<unknown>>();
  readonly #viewers = new Map<string, Viewer>();

  constructor(id: string, home: MediaWorker, options: RoomOptions, spread: SpreadOptions) {
    this.id = id;
    this.home = home;
    this.#options = options;
    this.#spread = spread;
  }

  /** Where a participant views, or will. */
  async viewing(participant: string): Promise<MediaWorker> {
    const viewer = this.#viewer(participant);
    const known = viewer.worker;
    if (known !== undefined) {
      await this.#parts.get(known);
      return known;
    }
    const worker = this.#choose();
    viewer.worker = worker;
    if (worker !== this.home) await this.#open(worker);
    // What was said while the view was elsewhere, or nowhere yet.
    if (viewer.limits !== undefined) await worker.call('limit', [this.id, participant, viewer.limits]);
    if (viewer.wishes !== undefined) await worker.call('watch', [this.id, participant, viewer.wishes]);
    return worker;
  }

  async watch(participant: string, wishes: readonly Wish[]): Promise<unknown> {
    const worker = await this.viewing(participant);
    const answer = await worker.call('watch', [this.id, participant, wishes]);
    this.#viewer(participant).wishes = wishes;
    return answer;
  }

  async limit(participant: string, limits: Limits): Promise<void> {
    const viewer = this.#viewer(participant);
    await Promise.all(
      this.#allOf(viewer).map((worker) => worker.call('limit', [this.id, participant, limits])),
    );
    viewer.limits = limits;
  }

  async leave(participant: string): Promise<void> {
    const viewer = this.#viewer(participant);
    this.#viewers.delete(participant);
    await Promise.all(this.#allOf(viewer).map((worker) => worker.call('leave', [this.id, participant])));
  }

  async close(): Promise<void> {
    const parts = this.closeParts();
    await this.home.call('closeRoom', [this.id]);
    await parts;
  }

  async statistics(): Promise<RoomStatistics> {
    const [home, ...parts] = await Promise.all(
      [this.home, ...this.#parts.keys()].map(
        (worker) => worker.call('statistics', [this.id]) as Promise<RoomStatistics>,
      ),
    );
    const viewing = new Map(
      parts.flatMap(({ participants }) => participants.map((each) => [each.participant, each])),
    );
    const participants = (home?.participants ?? []).map((each) => ({
      ...each,
      viewing: viewing.get(each.participant)?.viewing ?? each.viewing,
    }));
    for (const { participant } of participants) viewing.delete(participant);
    return { participants: [...participants, ...viewing.values()] };
  }

  /** A process is gone. Answers whose view was in it: they have to connect anew, and will elsewhere. */
  forget(worker: MediaWorker): string[] {
    this.#parts.delete(worker);
    const gone = [...this.#viewers].filter(([, viewer]) => viewer.worker === worker);
    for (const [, viewer] of gone) viewer.worker = undefined;
    return gone.map(([participant]) => participant);
  }

  /** Ends the parts in other processes, as far as those are there. */
  async closeParts(): Promise<void> {
    const parts = [...this.#parts.keys()];
    this.#parts.clear();
    // One that is still being opened has been asked for already.
    await Promise.allSettled(parts.map((worker) => worker.call('closeRoom', [this.id])));
  }

  #viewer(participant: string): Viewer {
    const viewer = this.#viewers.get(participant) ?? {
      worker: undefined,
      wishes: undefined,
      limits: undefined,
    };
    this.#viewers.set(participant, viewer);
    return viewer;
  }

  #allOf({ worker }: Viewer): MediaWorker[] {
    return worker === undefined || worker === this.home ? [this.home] : [this.home, worker];
  }

  /** The home for the first ones, then the process with the fewest. */
  #choose(): MediaWorker {
    const counts = new Map<MediaWorker, number>([[this.home, 0]]);
    for (const worker of this.#spread.workers()) counts.set(worker, 0);
    for (const { worker } of this.#viewers.values())
      if (worker !== undefined) counts.set(worker, (counts.get(worker) ?? 0) + 1);
    if ((counts.get(this.home) ?? 0) < this.#spread.viewersAtHome) return this.home;
    const [first] = [...counts].sort(([, a], [, b]) => a - b);
    if (first === undefined) throw lost();
    return first[0];
  }

  /** Opens the part of the room in another process, once. */
  #open(worker: MediaWorker): Promise<unknown> {
    const known = this.#parts.get(worker);
    if (known !== undefined) return known;
    const path = this.#spread.newPath();
    const opening = worker
      .call('openPart', [this.id, this.#options, path])
      .then(() => this.home.call('pipe', [this.id, path]));
    this.#parts.set(worker, opening);
    // Whoever waits hears of it; the next one tries again.
    opening.catch(() => {
      this.#parts.delete(worker);
      for (const viewer of this.#viewers.values()) if (viewer.worker === worker) viewer.worker = undefined;
      worker.call('closeRoom', [this.id]).catch(() => {});
    });
    return opening;
  }
}
