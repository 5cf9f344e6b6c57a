/** The TURN server that the tests of calls start: found, or installed where Debian's package manager can do it. */
import { hasApt, installWithApt } from './apt.mjs';
import { findTurnServer } from './find-turn-server.mjs';
import { SetupProblem } from './problem.mjs';

const REMEDY =
  'install coturn (on Debian "apt-get install coturn", elsewhere from github.com/coturn/coturn), or name its turnserver in TURN_SERVER_PATH';

export async function ensureTurnServer() {
  if (findTurnServer() !== undefined) return;
  if (process.env.TURN_SERVER_PATH) {
    throw new SetupProblem(
      `TURN_SERVER_PATH names ${process.env.TURN_SERVER_PATH}, which is no program`,
      'mend or unset it',
    );
  }
  if (!(await hasApt())) throw new SetupProblem('The tests need coturn, and none was found', REMEDY);
  console.log('stoa: installing coturn for the tests with apt-get (about 20 MB)');
  await installWithApt('coturn', REMEDY);
  if (findTurnServer() === undefined) {
    throw new SetupProblem('The coturn package of this system holds no program turnserver', REMEDY);
  }
}
