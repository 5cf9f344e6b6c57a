import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const GIT_OUTPUT_LIMIT = 16 * 1024 * 1024;

/** Files of the repository, tracked or new and not ignored, relative to the root. */
export async function repositoryFiles(root: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, maxBuffer: GIT_OUTPUT_LIMIT },
  );
  return stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}

export function isTypeScript(file: string): boolean {
  return /\.tsx?$/.test(file);
}

/** Tests, and what only they load: `x.test.ts`, `x-fixture.ts`, and folders named `testing`. */
export function isTestCode(file: string): boolean {
  return /(\.test|-fixture)\.tsx?$|\/testing\//.test(file);
}
