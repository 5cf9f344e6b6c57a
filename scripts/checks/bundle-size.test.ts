import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { bundleSize } from './bundle-size.ts';
import { repositoryWith } from './repository-fixture.ts';

const withScript = (contents: string | Buffer) =>
  repositoryWith({ 'packages/mesibo/dist/mesibo.js': contents });

it('measures what is sent: the size after gzip', async () => {
  expect(await bundleSize.run(withScript('//'.repeat(100_000)))).toEqual([]);
  expect(await bundleSize.run(withScript(randomBytes(200_000)))).toEqual([
    expect.stringMatching(/mesibo\.js is 200\d\d\d bytes gzipped, of \d+$/),
  ]);
});

it('fails while the script is not built', async () => {
  expect(await bundleSize.run(repositoryWith({}))).toEqual([expect.stringContaining('is not built')]);
});
