import { spawn } from 'node:child_process';

/** Resolves when ffmpeg is done. @throws Error that says what to do when it is not installed */
export async function runFfmpeg(args: readonly string[]): Promise<void> {
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new Error(
              'ffmpeg is not installed here. Install it (apt-get install ffmpeg), or play the files one by one: "stoa recording download".',
            )
          : error,
      ),
    );
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`ffmpeg could not make the film: ${said.trim()}`);
}
