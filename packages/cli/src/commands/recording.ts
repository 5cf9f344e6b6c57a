import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { type ApiOptions, call, download, listAll } from '../api.ts';
import { apiOptions, forApp } from '../options.ts';
import { say, table } from '../output.ts';
import { type ComposedFile, compositionArguments } from '../recording/composition.ts';
import { runFfmpeg } from '../recording/run-ffmpeg.ts';

interface Recording {
  readonly id: string;
  readonly gid: number;
  readonly name: string;
  readonly by: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

interface RecordingWithFiles extends Recording {
  readonly files: readonly (Omit<ComposedFile, 'path'> & { readonly file: string; readonly user: string })[];
}

/** `stoa recording list|download|compose|delete` */
export function recordingCommand(): Command {
  const recording = new Command('recording').description('Get what was recorded in rooms.');

  forApp(recording.command('list').description('List recordings, the newest first.')).action(
    async (options) => {
      const rows = [['ID', 'GROUP', 'BY', 'BEGAN', 'LASTED']];
      for await (const one of listAll<Recording>(apiOptions(options, 'app'), '/recordings')) {
        rows.push([one.id, one.name, one.by, new Date(one.startedAt).toISOString(), lengthOf(one)]);
      }
      table(rows);
    },
  );

  forApp(recording.command('download <id>').description('Download its files, one for each stream.'))
    .option('--to <folder>', 'Where to; a folder of its name if not given.')
    .action(async (id: string, options) => {
      const folder = options.to ?? id;
      const files = await downloadFiles(apiOptions(options, 'app'), id, folder);
      say(`${files.length} files in ${folder}.`);
    });

  forApp(recording.command('compose <id>').description('Make one film of it, with ffmpeg.'))
    .requiredOption('--out <file>', 'The film: .mp4, .webm or .mkv.')
    .action(async (id: string, options) => {
      const api = apiOptions(options, 'app');
      await runFfmpeg(['-version']);
      const about = await call<RecordingWithFiles>(api, 'GET', `/recordings/${encodeURIComponent(id)}`);
      if (about.files.length === 0) throw new Error('Nothing was published while it was recorded.');
      const folder = await mkdtemp(join(tmpdir(), 'stoa-recording-'));
      try {
        say(`Downloading ${about.files.length} files …`);
        const files = await downloadFiles(api, id, folder);
        say('Composing …');
        await runFfmpeg(compositionArguments(files, durationOf(about), options.out));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      say(`${options.out} is ready.`);
    });

  forApp(recording.command('delete <id>').description('Remove it with all its files.')).action(
    async (id: string, options) => {
      await call(apiOptions(options, 'app'), 'DELETE', `/recordings/${encodeURIComponent(id)}`);
      say(`Recording ${id} is gone.`);
    },
  );

  return recording;
}

async function downloadFiles(api: ApiOptions, id: string, folder: string): Promise<ComposedFile[]> {
  const path = `/recordings/${encodeURIComponent(id)}`;
  const { files } = await call<RecordingWithFiles>(api, 'GET', path);
  await mkdir(folder, { recursive: true });
  const downloaded: ComposedFile[] = [];
  for (const { file, user: _, ...about } of files) {
    const to = join(folder, file);
    const content = await download(api, `${path}/files/${encodeURIComponent(file)}`);
    await pipeline(content, createWriteStream(to));
    downloaded.push({ ...about, path: to });
  }
  return downloaded;
}

/** Undefined when the node ended before it could write that down. */
function durationOf({ startedAt, endedAt }: Recording): number | undefined {
  return endedAt === null ? undefined : endedAt - startedAt;
}

function lengthOf({ startedAt, endedAt }: Recording): string {
  if (endedAt === null) return 'not ended';
  const seconds = Math.round((endedAt - startedAt) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
