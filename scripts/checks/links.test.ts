import { expect, it } from 'vitest';
import { links } from './links.ts';
import { repositoryWith } from './repository-fixture.ts';

it('follows links to files, folders and headings', async () => {
  const root = repositoryWith({
    'README.md':
      '[a](docs/a.md) [b](docs/a.md#why-so "title") [c](docs) [d](https://a.example/x.md) [e](#top)\n# Top\n',
    'docs/a.md': '# A\n## Why, so?\n[back](../README.md)\n![wide](image.png)\n',
    'docs/image.png': '',
  });
  expect(await links.run(root)).toEqual([]);
});

it('finds links to files and headings that do not exist', async () => {
  const root = repositoryWith({
    'README.md': '# Title\n\n[a](docs/gone.md)\n[b](docs/a.md#gone)\n',
    'docs/a.md': '[c](README.md)\n',
  });
  expect(await links.run(root)).toEqual([
    'README.md:3 leads to docs/gone.md, which does not exist',
    'README.md:4 leads to docs/a.md#gone, a heading that does not exist',
    'docs/a.md:1 leads to README.md, which does not exist',
  ]);
});

it('does not read code', async () => {
  const root = repositoryWith({
    'README.md': 'Say `[a](gone.md)`, or:\n\n```md\n[a](gone.md)\n```\n\n[b](gone.md)\n',
  });
  expect(await links.run(root)).toEqual(['README.md:7 leads to gone.md, which does not exist']);
});
