import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { StoaError } from '@stoa/protocol';
import type { Clock } from '../clock.ts';
import {
  isMissing,
  pathOf,
  type RecordingAbout,
  type RecordingDetails,
  type RecordingSummary,
  readAbout,
  readDetails,
  summaryOf,
} from './recording-files.ts';
import { isRecordingId, newRecordingId } from './recording-ids.ts';
import { erase, hide } from './removal.ts';
import { RunningRecording } from './running-recording.ts';
import { type SweptRecordings, sweepRecordings } from './sweep-recordings.ts';

/** Recordings of rooms: folders of this node, by app, named by when they began. */
export class Recordings {
  readonly #directory: string;
  readonly #clock: Clock;
  /** What this node records, by folder. */
  readonly #running = new Map<string, RunningRecording>();

  constructor(directory: string, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  async begin({
    aid,
    ...facts
  }: Pick<RecordingAbout, 'gid' | 'name' | 'by'> & { readonly aid: number }): Promise<RunningRecording> {
    const startedAt = this.#clock.now();
    const id = newRecordingId(startedAt);
    const directory = this.#of(aid, id);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const about: RecordingAbout = { version: 1, id, ...facts, startedAt, endedAt: null, people: {} };
    const recording = new RunningRecording(directory, about, () => this.#running.delete(directory));
    await recording.write({});
    this.#running.set(directory, recording);
    return recording;
  }

  /** The newest first, older than `before`. */
  async list(
    aid: number,
    { gid, before, limit }: { readonly gid?: number; readonly before?: string; readonly limit: number },
  ): Promise<RecordingSummary[]> {
    const found: RecordingSummary[] = [];
    for (const id of (await this.#ids(aid)).sort().reverse()) {
      if (before !== undefined && id >= before) continue;
      const about = await readAbout(this.#of(aid, id));
      if (about === undefined || (gid !== undefined && about.gid !== gid)) continue;
      found.push(summaryOf(about));
      if (found.length === limit) break;
    }
    return found;
  }

  /** @throws StoaError NOT_FOUND */
  async get(aid: number, id: string): Promise<RecordingDetails> {
    const directory = this.#existing(aid, id);
    const about = await readAbout(directory);
    if (about === undefined) throw notFound(id);
    return unlessGone(readDetails(directory, about), notFound(id));
  }

  /**
   * A file of a recording, also while it grows.
   *
   * @throws StoaError NOT_FOUND
   */
  async file(
    aid: number,
    id: string,
    file: string,
  ): Promise<{
    readonly size: number;
    readonly open: (range?: { readonly start: number; readonly end: number }) => Promise<Readable>;
  }> {
    const path = pathOf(this.#existing(aid, id), file);
    const gone = new StoaError('NOT_FOUND', `The recording has no file "${file}".`);
    if (path === undefined) throw gone;
    const { size } = await unlessGone(stat(path), gone);
    return {
      size,
      open: async (range = { start: 0, end: size - 1 }) =>
        (await unlessGone(open(path), gone)).createReadStream(range),
    };
  }

  /** What still goes on is lost. @throws StoaError NOT_FOUND */
  async remove(aid: number, id: string): Promise<void> {
    const directory = this.#existing(aid, id);
    const about = await readAbout(directory);
    if (about === undefined) throw notFound(id);
    const hidden = await hide(directory);
    if (hidden === undefined) throw notFound(id);
    await erase(hidden);
  }

  /**
   * Removes what ended more than so many days ago (0: nothing), and what is left of removals that were interrupted; never
   * what still goes on. To be called about once an hour, whatever the days.
   */
  async sweep(days: number, goOn: () => boolean): Promise<SweptRecordings> {
    const now = this.#clock.now();
    const failures: unknown[] = [];
    for (const recording of [...this.#running.values()]) {
      await recording.touch(now).catch((error: unknown) => failures.push(error));
    }
    const before = days === 0 ? Number.NEGATIVE_INFINITY : now - days * dayMs;
    const isRunning = (directory: string): boolean => this.#running.has(directory);
    const swept = await sweepRecordings({ directory: this.#directory, before, isRunning }, goOn);
    return { ...swept, failures: [...failures, ...swept.failures] };
  }

  async #ids(aid: number): Promise<string[]> {
    try {
      return (await readdir(join(this.#directory, String(aid)))).filter(isRecordingId);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  #existing(aid: number, id: string): string {
    if (!isRecordingId(id)) throw notFound(id);
    return this.#of(aid, id);
  }

  #of(aid: number, id: string): string {
    return join(this.#directory, String(aid), id);
  }
}

const dayMs = 24 * 3600 * 1000;

/** For what may have been removed, also a moment ago. What is open already can be read to its end. */
async function unlessGone<Value>(work: Promise<Value>, gone: StoaError): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw isMissing(error) ? gone : error;
  }
}

function notFound(id: string): StoaError {
  return new StoaError('NOT_FOUND', `There is no recording "${id}".`);
}
