import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Check } from './check.ts';

/** The checks that well-known tools make, each with its configuration at the root. */
export const toolChecks: readonly Check[] = [
  {
    name: 'types',
    remedy: 'mend what tsc says',
    run: (root) => complaints(root, 'typescript/bin/tsc', ['--noEmit', '--pretty', 'false']),
  },
  {
    name: 'format and lint',
    remedy: 'run "npm run format", then mend by hand what is left',
    run: async (root) => {
      const args = ['check', '--error-on-warnings', '--max-diagnostics=200', '--reporter=github'];
      const lines = await complaints(root, '@biomejs/biome/bin/biome', args);
      const diagnostics = lines.flatMap((line) => readableDiagnostic(root, line) ?? []);
      return diagnostics.length > 0 ? diagnostics : lines;
    },
  },
  {
    name: 'unused code',
    remedy: 'remove what nobody uses, or name it in knip.json if it is used from outside',
    run: (root) => complaints(root, 'knip/bin/knip.js', ['--no-progress']),
  },
];

/** Runs a tool of node_modules and gives the lines that it prints if it fails. */
async function complaints(root: string, script: string, args: readonly string[]): Promise<string[]> {
  const tool = spawn(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(tool.stdout),
    text(tool.stderr),
    once(tool, 'close'),
  ]);
  if (code === 0) return [];
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 0 ? lines : [`exit code ${code}`];
}

/** Biome's form for machines is the only one with a line for each problem; this makes it one for people. */
function readableDiagnostic(root: string, line: string): string | undefined {
  const match = /^::\w+ title=([^,]*),file=([^,]*),line=(\d+)[^:]*::(.*)$/.exec(line);
  if (match === null) return undefined;
  const [, rule = '', file = '', lineNumber, message] = match;
  return `${relative(root, file)}:${lineNumber} ${message} (${rule})`;
}
