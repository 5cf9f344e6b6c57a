/**
 * The end of .ci/run: adds up what the tests and the checks reported. The last line is `N passed, N failed`.
 * Plain JavaScript, since the install may have failed.
 *
 * Arguments: the folder with tests.json and checks.json, the exit code of the tests, the exit code of the checks.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countChecks, countTests } from './count-results.mjs';

const [folder = '.', testsExit, checksExit] = process.argv.slice(2);

/** @param {string} name */
function report(name) {
  const file = join(folder, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

const tests = countTests(report('tests.json'), Number(testsExit));
const checks = countChecks(report('checks.json'), Number(checksExit));
const failed = tests.failed + checks.failed;

console.log(`\ntests:  ${tests.passed} passed, ${tests.failed} failed (exit code ${testsExit})`);
console.log(`checks: ${checks.passed} passed, ${checks.failed} failed (exit code ${checksExit})`);
console.log(`${tests.passed + checks.passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
