import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ManualClock, startTestNode, tempFolder } from '@stoa/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { Recordings } from './recordings.ts';

it('are, like all that a node keeps, for nobody else on its machine', async () => {
  const folder = tempFolder();
  onTestFinished(() => folder.remove());
  const dataDir = join(folder.path, 'data');
  const node = await startTestNode({ dataDir });
  onTestFinished(() => node.close());
  const recordings = new Recordings(join(dataDir, 'recordings'), new ManualClock());
  const { id } = await recordings.begin({ aid: 1, gid: 1, name: 'Choir', by: 'alice' });
  for (const path of ['.', 'recordings', 'recordings/1', `recordings/1/${id}`]) {
    expect([path, statSync(join(dataDir, path)).mode & 0o077]).toEqual([path, 0]);
  }
});
