import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
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
import { RunningRecording } from './running-recording.ts';

/** Recordings of rooms: folders of this node, by app, named by when they began. */
export class Recordings {
  readonly #directory: string;
  readonly #clock: Clock;

  constructor(directory: string, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  async begin({
    aid,
    ...facts
  }: Pick<RecordingAbout, 'gid' | 'name' | 'by'> & { readonly aid: number }): Promise<RunningRecording> {
    const startedAt = this.#clock.now();
    const id = newId(startedAt);
    const directory = this.#of(aid, id);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const about: RecordingAbout = { version: 1, id, ...facts, startedAt, endedAt: null, people: {} };
    const recording = new RunningRecording(directory, about);
    await recording.write({});
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
    return readDetails(directory, about);
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
    readonly open: (range?: { readonly start: number; readonly end: number }) => Readable;
  }> {
    const path = pathOf(this.#existing(aid, id), file);
    if (path === undefined) throw new StoaError('NOT_FOUND', `The recording has no file "${file}".`);
    try {
      const { size } = await stat(path);
      return { size, open: (range) => createReadStream(path, range ?? { start: 0, end: size - 1 }) };
    } catch (error) {
      if (isMissing(error)) throw new StoaError('NOT_FOUND', `The recording has no file "${file}".`);
      throw error;
    }
  }

  /** What still goes on is lost. @throws StoaError NOT_FOUND */
  async remove(aid: number, id: string): Promise<void> {
    const directory = this.#existing(aid, id);
    const about = await readAbout(directory);
    if (about === undefined) throw notFound(id);
    // Out of sight at once, whatever interrupts the rest.
    const removed = `${directory}.removed`;
    await rename(directory, removed);
    await rm(removed, { recursive: true, force: true });
  }

  async #ids(aid: number): Promise<string[]> {
    try {
      return (await readdir(join(this.#directory, String(aid)))).filter((name) => idPattern.test(name));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  #existing(aid: number, id: string): string {
    if (!idPattern.test(id)) throw notFound(id);
    return this.#of(aid, id);
  }

  #of(aid: number, id: string): string {
    return join(this.#directory, String(aid), id);
  }
}

/** The beginning in UTC, so that names are in the order of time, and something that nobody guesses. */
function newId(now: number): string {
  const time = new Date(now).toISOString().replace(/[-:.]/g, '');
  return `${time}-${randomBytes(9).toString('hex')}`;
}

const idPattern = /^\d{8}T\d{9}Z-[0-9a-f]{18}$/;

function notFound(id: string): StoaError {
  return new StoaError('NOT_FOUND', `There is no recording "${id}".`);
}
