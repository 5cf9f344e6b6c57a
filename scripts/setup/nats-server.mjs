/** The message bus that the tests of several nodes start: found, or installed where Debian's package manager can do it. */
import { hasApt, installWithApt } from './apt.mjs';
import { findNatsServer } from './find-nats-server.mjs';
import { SetupProblem } from './problem.mjs';

const REMEDY =
  'install nats-server (on Debian "apt-get install nats-server", elsewhere from github.com/nats-io/nats-server), or name one in NATS_SERVER_PATH';

export async function ensureNatsServer() {
  if (findNatsServer() !== undefined) return;
  if (process.env.NATS_SERVER_PATH) {
    throw new SetupProblem(
      `NATS_SERVER_PATH names ${process.env.NATS_SERVER_PATH}, which is no program`,
      'mend or unset it',
    );
  }
  if (!(await hasApt())) throw new SetupProblem('The tests need nats-server, and none was found', REMEDY);
  console.log('stoa: installing nats-server for the tests with apt-get (about 4 MB)');
  await installWithApt('nats-server', REMEDY);
  if (findNatsServer() === undefined) {
    throw new SetupProblem('The nats-server package of this system holds no program nats-server', REMEDY);
  }
}
