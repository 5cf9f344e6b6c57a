import { SetupProblem } from './problem.mjs';

const SAME_AGAIN = 'then run the same command again';

/** @type {{ codes: string[], problem: string, remedy: string }[]} */
const KNOWN_FAILURES = [
  {
    codes: ['ENOSPC', 'EDQUOT'],
    problem: 'The disk is full',
    remedy: `free about 1 GB here and in npm's cache ("npm config get cache"), ${SAME_AGAIN}`,
  },
  {
    codes: [
      ...['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ERR_SOCKET_TIMEOUT'],
      ...['ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'EPIPE', 'ENOTCACHED'],
    ],
    problem: 'The package registry cannot be reached',
    remedy: `check the network, the proxy and "npm config get registry", ${SAME_AGAIN}`,
  },
  {
    codes: ['EACCES', 'EPERM', 'EROFS'],
    problem: 'npm may not write here',
    remedy: `give yourself the right to write this folder and npm's cache ("npm config get cache"), ${SAME_AGAIN}`,
  },
  {
    codes: ['ENOTEMPTY', 'EBUSY', 'ETXTBSY'],
    problem: 'Another program works in node_modules',
    remedy: `wait until it is done, ${SAME_AGAIN}`,
  },
  {
    codes: ['EINTEGRITY', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED'],
    problem: 'Something between here and the package registry alters what it sends',
    remedy: `run "npm cache clean --force" and check the proxy, ${SAME_AGAIN}`,
  },
  {
    codes: ['EUSAGE'],
    problem: 'package-lock.json does not fit the package.json files',
    remedy: 'run "npm install" and commit the lockfile',
  },
  {
    codes: ['E401', 'E403', 'E404', 'ETARGET', 'E500', 'E502', 'E503', 'E504'],
    problem: 'The package registry refuses a package',
    remedy: `check that the one of "npm config get registry" holds all that package-lock.json names, ${SAME_AGAIN}`,
  },
];

/**
 * @param {string} output all that npm printed
 * @returns {SetupProblem} one line for what is known, npm's own words for what is not
 */
export function explainNpmFailure(output) {
  // npm names the failure that ended it in a line of its own; a full disk may show in warnings only.
  const named = /^npm (?:error|ERR!) code (\w+)$/m.exec(output)?.[1];
  const words = new Set(named === undefined || output.includes('ENOSPC') ? output.split(/\W+/) : [named]);
  for (const { codes, problem, remedy } of KNOWN_FAILURES) {
    const code = codes.find((candidate) => words.has(candidate));
    if (code !== undefined) return new SetupProblem(`${problem} (${code})`, remedy);
  }
  return new SetupProblem(`${output.trim()}\nstoa: npm ci failed`, `mend what it says above, ${SAME_AGAIN}`);
}
