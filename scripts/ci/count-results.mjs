/**
 * What a command's report adds up to. A command that fails without a failure in its report (a file that cannot be
 * loaded, an error outside of every test, a crash) counts as one failure, and so does one that ran nothing.
 */

/** @typedef {{ passed: number, failed: number }} Counts */

/**
 * The part that matters here of the report that vitest writes.
 * @typedef {object} TestReport
 * @property {number} numPassedTests
 * @property {number} numTotalTests
 * @property {{ status: string, assertionResults: unknown[] }[]} testResults one for each file
 */

/**
 * @param {TestReport | undefined} report undefined if there is none
 * @param {number} exitCode
 * @returns {Counts} a test that was skipped counts as failed
 */
export function countTests(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1 };
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failed = report.numTotalTests - report.numPassedTests + brokenFiles.length;
  return atLeastOneFailure({ passed: report.numPassedTests, failed }, exitCode);
}

/** @param {Counts | undefined} report @param {number} exitCode @returns {Counts} */
export function countChecks(report, exitCode) {
  return atLeastOneFailure(report ?? { passed: 0, failed: 0 }, exitCode);
}

/** @param {Counts} counts @param {number} exitCode @returns {Counts} */
function atLeastOneFailure({ passed, failed }, exitCode) {
  const hidden = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: hidden ? 1 : failed };
}
