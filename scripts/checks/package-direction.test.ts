import { expect, it } from 'vitest';
import { packageDirection } from './package-direction.ts';
import { repositoryWith } from './repository-fixture.ts';

/** What the check says about one file with one import. */
const problemsOf = (file: string, specifier: string) =>
  packageDirection.run(repositoryWith({ [file]: `import '${specifier}';\n` }));

it.each([
  ['apps/messenger/src/app.tsx', '@stoa/client'],
  ['packages/mesibo/src/index.ts', '@stoa/protocol/validate'],
  ['packages/cli/src/stoa.ts', '@stoa/server'],
  ['packages/server/src/node.ts', '@stoa/storage'],
  ['packages/server/src/node.test.ts', '@stoa/testkit'],
  ['packages/client/src/connection/connection-fixture.ts', '@stoa/testkit'],
  ['packages/testkit/src/test-node.ts', '@stoa/server'],
  ['packages/testkit/src/server-process.ts', '../../cli/src/stoa.ts'],
  ['e2e/chat.test.ts', '@stoa/testkit'],
  ['packages/server/src/node.ts', 'fastify'],
  ['packages/server/src/http/routes.ts', '../node.ts'],
])('lets %s import %s', async (file, specifier) => {
  expect(await problemsOf(file, specifier)).toEqual([]);
});

it.each([
  ['packages/protocol/src/frames.ts', '@stoa/client', 'imports packages/client, which stands above'],
  ['packages/storage/src/store.ts', '@stoa/server', 'imports packages/server, which stands above'],
  ['packages/mesibo/src/index.ts', '@stoa/server', 'the client side and the server side meet'],
  ['packages/cli/src/stoa.ts', '@stoa/client', 'the server side and the client side meet'],
  ['apps/messenger/src/app.tsx', '@stoa/storage', 'the client side and the server side meet'],
  ['packages/client/src/client.ts', '@stoa/testkit', 'imports the testkit'],
  ['packages/server/src/node.ts', '@stoa/messenger', 'imports an application'],
  ['apps/console/src/app.tsx', '../../messenger/src/app.tsx', 'imports an application'],
  ['packages/server/src/node.ts', '../../storage/src/store.ts', 'reaches into packages/storage by its path'],
  ['packages/video/src/index.ts', '@stoa/protocol', 'packages/video has no place among the layers'],
])('refuses that %s imports %s', async (file, specifier, problem) => {
  const [found, ...others] = await problemsOf(file, specifier);
  expect(found).toMatch(new RegExp(`^${file}:1 .*${problem}`));
  expect(others).toEqual([]);
});
