import { expect, it } from 'vitest';
import { explainNpmFailure } from './npm-failure.mjs';

it.each([
  [
    'npm error code ECONNREFUSED\nnpm error syscall connect\nnpm error errno ECONNREFUSED',
    /cannot be reached \(ECONN/,
  ],
  [
    'npm ERR! code EAI_AGAIN\nnpm ERR! request failed, reason: getaddrinfo',
    /cannot be reached \(EAI_AGAIN\)/,
  ],
  ['npm error code EUSAGE\nnpm error `npm ci` can only install packages when', /run "npm install"/],
  ['npm error code E403\nnpm error 403 Forbidden', /refuses a package \(E403\)/],
  ['npm error code EACCES\nnpm error syscall mkdir', /may not write here \(EACCES\)/],
])('says in one line what npm failed on: %s', (output, line) => {
  const { message } = explainNpmFailure(output);
  expect(message).toMatch(line);
  expect(message).not.toContain('\n');
});

it('sees a full disk behind the failures that follow from it', () => {
  const output = 'npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write\nnpm error code ENOENT';
  expect(explainNpmFailure(output).message).toMatch(/^The disk is full \(ENOSPC\): free/);
});

it("repeats npm's own words when it does not know the failure", () => {
  expect(explainNpmFailure('npm error code EWHATEVER\nnpm error odd').message).toMatch(
    /npm error odd\nstoa: npm ci/,
  );
});
