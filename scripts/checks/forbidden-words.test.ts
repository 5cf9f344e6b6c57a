import { expect, it } from 'vitest';
import { forbiddenWords } from './forbidden-words.ts';
import { repositoryWith } from './repository-fixture.ts';

const path = (...names: string[]) => ['', ...names].join('/');

it('finds paths of one machine and hosts of registries, wherever they are', async () => {
  const host = ['registry', 'example', 'org'].join('.');
  const root = repositoryWith({
    'README.md': `Look into\n${path('home', 'me', 'stoa')} first.\n`,
    'src/a.ts': `open('${path('tmp', 'x')}');\n`,
    'package-lock.json': `{"resolved": "https://${host}/a"}\n`,
  });
  expect(await forbiddenWords.run(root)).toEqual([
    `README.md:2 names a folder of one machine: ${path('home', 'me')}`,
    `package-lock.json:1 names the host of a package registry: ${host}`,
    `src/a.ts:1 names a folder of one machine: ${path('tmp', 'x')}`,
  ]);
});

it('leaves alone what only looks alike, binary files, and files that git ignores', async () => {
  const root = repositoryWith({
    '.gitignore': 'data/\n',
    'src/a.ts':
      "import './work/queue.ts'; const page = 'http://a.example/tmp/x'; const part = folder + 'x/home/y';\n",
    'image.png': Buffer.from(`\0${path('root', 'x')}`),
    'data/log': path('root', 'x'),
  });
  expect(await forbiddenWords.run(root)).toEqual([]);
});
