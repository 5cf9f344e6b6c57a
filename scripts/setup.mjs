#!/usr/bin/env node
/**
 * Makes a fresh clone ready to run: packages, the pinned Node, the built web parts and, with --tests, the programs
 * that the tests need. npm runs it before `start`, `test`, `dev`, `build` and `check`; when nothing is missing it only looks.
 *
 * Plain JavaScript without dependencies: it runs on the Node that is there (20 or newer), before anything is installed.
 *
 * Options: --tests      also find or install Chromium, nats-server and coturn
 *          --rebuild    build the web parts even if they are up to date
 */
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './setup/chromium.mjs';
import { findChromium } from './setup/find-chromium.mjs';
import { findNatsServer } from './setup/find-nats-server.mjs';
import { findTurnServer } from './setup/find-turn-server.mjs';
import { installPackages } from './setup/install.mjs';
import { withLock } from './setup/lock.mjs';
import { ensureNatsServer } from './setup/nats-server.mjs';
import { missingPackages } from './setup/packages.mjs';
import { SetupProblem } from './setup/problem.mjs';
import { endOnSignals, Interrupted } from './setup/run.mjs';
import { ensureRuntime } from './setup/runtime.mjs';
import { ensureTurnServer } from './setup/turn-server.mjs';
import { buildWebPart, staleWebParts, webParts } from './setup/web-parts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const forTests = process.argv.includes('--tests');
const rebuild = process.argv.includes('--rebuild');

function isReady() {
  if (rebuild || missingPackages(root).length > 0 || staleWebParts(root).length > 0) return false;
  return (
    !forTests || [findChromium(), findNatsServer(), findTurnServer()].every((found) => found !== undefined)
  );
}

async function makeReady() {
  if (missingPackages(root).length > 0) await installPackages(root);
  const node = ensureRuntime(root);
  for (const part of rebuild ? webParts : staleWebParts(root)) await buildWebPart(root, part, node);
  if (!forTests) return;
  await ensureNatsServer();
  await ensureTurnServer();
  await ensureChromium();
}

async function main() {
  if (Number.parseInt(process.versions.node, 10) < 20) {
    throw new SetupProblem(
      `Node ${process.versions.node} is too old`,
      'install Node 20 or newer from nodejs.org',
    );
  }
  if (isReady()) ensureRuntime(root);
  else await withLock(root, makeReady);
}

endOnSignals();
try {
  await main();
} catch (error) {
  if (error instanceof Interrupted) {
    process.exitCode = 130;
  } else if (error instanceof SetupProblem) {
    console.error(`stoa: ${error.message}`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
