/**
 * The thread that writes: gets a batch, commits and syncs it, answers. Started by the writer with
 * `workerData` of type {@link WriterSettings}; ends when it is told to close.
 * @module
 */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { BatchApplier } from './batch-applier.ts';
import type { BatchRequest } from './batch-request.ts';
import { openForWriting } from './connection.ts';

export interface WriterSettings {
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly maxBytes: number | undefined;
}

/** What the writer's thread is sent. */
export type WriterCommand =
  | { readonly type: 'batch'; readonly request: BatchRequest }
  | { readonly type: 'close' };

/** Size of the write-ahead log at which its pages are moved into the database. */
const checkpointBytes = 8 * 1024 * 1024;

const port = parentPort;
if (port === null) throw new Error('writer-worker.ts runs as a worker thread only.');
const settings = workerData as WriterSettings;
const database = openForWriting(settings.path, settings);
const applier = new BatchApplier(database);

port.on('message', (command: WriterCommand) => {
  if (command.type === 'close') {
    database.close();
    port.close();
    return;
  }
  const reply = applier.apply(command.request);
  port.postMessage(reply, [reply.numbers.buffer]);
  // After the answer: nobody waits for this but the next batch.
  checkpoint(database, settings.path);
});

function checkpoint(database: DatabaseSync, path: string): void {
  const size = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size < checkpointBytes) return;
  try {
    database.exec('pragma wal_checkpoint(passive)');
  } catch {
    // No room to move the pages: they stay in the log, which holds everything, and the next batch tries again.
  }
}
