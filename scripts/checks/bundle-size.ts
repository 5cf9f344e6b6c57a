import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Check } from './check.ts';

const SCRIPT = 'packages/mesibo/dist/mesibo.js';
/** What applications load: bytes after gzip. */
const LIMIT = 123_800;

export const bundleSize: Check = {
  name: 'size of mesibo.js',
  remedy: 'find what made it grow, and load it only when it is needed',
  async run(root) {
    if (!existsSync(join(root, SCRIPT))) return [`${SCRIPT} is not built: run "npm run build"`];
    const size = gzipSync(await readFile(join(root, SCRIPT))).length;
    return size <= LIMIT ? [] : [`${SCRIPT} is ${size} bytes gzipped, of ${LIMIT}`];
  },
};
