import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';

let root: string;
let dev: ReturnType<typeof start>;

const write = (file: string, contents: string) => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), contents);
};

const server = (version: number) => `
  import { createServer } from 'node:http';
  createServer().listen(0);
  console.log('server ${version} as', process.pid, process.argv.slice(2).join(' '));`;

/** A small repository with this script: a server that says its version, and web parts that only write a file. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stoa-dev-'));
  for (const script of ['dev.ts', 'setup']) {
    cpSync(join(import.meta.dirname, script), join(root, 'scripts', script), { recursive: true });
  }
  const build = `import { mkdirSync, writeFileSync } from 'node:fs';
    mkdirSync('dist', { recursive: true });
    for (const file of ['mesibo.js', 'index.html']) writeFileSync('dist/' + file, '');`;
  write('package.json', '{"type": "module"}');
  write('package-lock.json', '{}');
  write('packages/protocol/package.json', '{}');
  write('packages/cli/package.json', '{"type": "module", "dependencies": {"@stoa/protocol": "0.1.0"}}');
  write('packages/cli/src/stoa.ts', server(1));
  write('packages/mesibo/package.json', '{"type": "module", "dependencies": {"@stoa/protocol": "0.1.0"}}');
  write('packages/mesibo/build.ts', build);
  write('apps/messenger/package.json', '{}');
  write('node_modules/vite/package.json', '{"type": "module"}');
  write('node_modules/vite/bin/vite.js', build);
  dev = start();
});

afterEach(async () => {
  await dev.stop();
  rmSync(root, { recursive: true });
});

/** Starts the script; nextLine waits for a line of its output that holds the text. */
function start() {
  const child = spawn(process.execPath, ['scripts/dev.ts', '--port', '1'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async (text: string): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`ended without "${text}"`);
      if (value.includes(text)) return value;
    }
  };
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  return { nextLine, stop };
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const pidIn = (line: string) => Number(/as (\d+)/.exec(line)?.[1]);

it('starts the server again when a source of it changes, one server at a time', async () => {
  const first = await dev.nextLine('server 1');
  expect(first).toMatch(/serve --port 1$/);
  write('packages/cli/src/stoa.ts', server(2));
  await dev.nextLine('server 2');
  expect(isAlive(pidIn(first))).toBe(false);
});

it('builds a web part again when a package that it depends on changes', async () => {
  await dev.nextLine('server 1');
  write('packages/protocol/src/frames.ts', '');
  await dev.nextLine('building packages/mesibo');
});

it('takes the server with it when it is told to end', async () => {
  const pid = pidIn(await dev.nextLine('server 1'));
  await dev.stop();
  expect(isAlive(pid)).toBe(false);
});
