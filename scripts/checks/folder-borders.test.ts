import { expect, it } from 'vitest';
import { folderBorders } from './folder-borders.ts';
import { repositoryWith } from './repository-fixture.ts';

const house = {
  'packages/server/src/node.ts': '',
  'packages/server/src/clock.ts': '',
  'packages/server/src/messages/index.ts': '',
  'packages/server/src/messages/history.ts': '',
  'packages/server/src/users/index.ts': '',
  'packages/server/src/http/index.ts': '',
  'packages/server/src/http/failure.ts': '',
  'packages/server/src/http/v1/index.ts': '',
  'packages/client/src/store/index.ts': '',
  'packages/client/src/store/records.ts': '',
  'packages/client/src/conversations/runs.ts': '',
};

const problemsOf = (file: string, statement: string) =>
  folderBorders.run(repositoryWith({ ...house, [file]: `${statement}\n` }));

it.each([
  ['packages/server/src/messages/messages.ts', "import './history.ts';"],
  ['packages/server/src/messages/messages.ts', "import '../clock.ts';"],
  ['packages/server/src/messages/messages.ts', "import type { Users } from '../users/index.ts';"],
  ['packages/server/src/messages/messages.test.ts', "import { Users } from '../users/index.ts';"],
  ['packages/server/src/node.ts', "import { Messages } from './messages/index.ts';"],
  ['packages/server/src/http/v1/messages.ts', "import { Messages } from '../../messages/index.ts';"],
  ['packages/server/src/http/v1/messages.ts', "import { failureOf } from '../failure.ts';"],
  ['packages/client/src/sync/sync.ts', "import { LocalData } from '../store/index.ts';"],
  ['packages/client/src/sync/sync.ts', "import { runs } from '../conversations/runs.ts';"],
])('lets %s say %s', async (file, statement) => {
  expect(await problemsOf(file, statement)).toEqual([]);
});

it.each([
  [
    'packages/server/src/messages/messages.ts',
    "import { Users } from '../users/index.ts';",
    'imports code of users/',
  ],
  ['packages/server/src/messages/messages.ts', "import '../http/index.ts';", 'imports code of http/'],
  [
    'packages/server/src/messages/messages.ts',
    "import { node } from '../node.ts';",
    'imports the composition root',
  ],
  ['packages/server/src/users/users.ts', "import type { H } from '../messages/history.ts';", 'reaches past'],
  ['packages/server/src/node.ts', "import { History } from './messages/history.ts';", 'reaches past'],
  ['packages/client/src/sync/sync.ts', "import type { R } from '../store/records.ts';", 'reaches past'],
])('refuses that %s says %s', async (file, statement, problem) => {
  const [found, ...others] = await problemsOf(file, statement);
  expect(found).toMatch(new RegExp(`^${file}:1 .*${problem}`));
  expect(others).toEqual([]);
});
