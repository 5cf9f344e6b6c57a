import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { oneFileWorker } from './one-file-worker.ts';

/** Builds a page and a worker of these sources. */
async function built(sources: Record<'page.js' | 'sw.js' | 'shared.js', string>): Promise<string[]> {
  const files: Record<string, string> = sources;
  const nameOf = (id: string): string => id.replace(/^\.?\//, '');
  const bundle = await rolldown({
    input: { page: '/page.js', sw: '/sw.js' },
    plugins: [
      {
        name: 'sources',
        resolveId: (id) => (nameOf(id) in files ? `/${nameOf(id)}` : null),
        load: (id) => files[nameOf(id)] ?? null,
      },
      oneFileWorker('sw.js'),
    ],
  });
  try {
    const { output } = await bundle.generate({ entryFileNames: '[name].js' });
    return output.map(({ fileName }) => fileName);
  } finally {
    await bundle.close();
  }
}

const shared = 'export const value = [Math.random()];';
const page = 'console.log("page");';
const using = 'import { value } from "./shared.js"; console.log(value);';

it('builds a worker that shares nothing with the page', async () => {
  await expect(built({ 'page.js': page, 'sw.js': using, 'shared.js': shared })).resolves.toEqual(
    expect.arrayContaining(['page.js', 'sw.js']),
  );
});

it('fails when a part of the page would be a file that the worker has to load', async () => {
  const building = built({ 'page.js': using, 'sw.js': using, 'shared.js': shared });
  await expect(building).rejects.toThrow(/sw\.js is no single file.*shared\.js/);
  const later = built({
    'page.js': page,
    'sw.js': 'import("./shared.js").then(console.log);',
    'shared.js': shared,
  });
  await expect(later).rejects.toThrow(/sw\.js is no single file.*shared\.js/);
});

it('fails when the page takes something from the worker itself', async () => {
  const building = built({
    'page.js': 'import { value } from "./sw.js"; console.log(value);',
    'sw.js': shared,
    'shared.js': '',
  });
  await expect(building).rejects.toThrow(/sw\.js is no single file.*sw\.js/);
});
