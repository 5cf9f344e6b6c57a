import { expect, it } from 'vitest';
import { countChecks, countTests } from './count-results.mjs';

const passedFile = { status: 'passed', assertionResults: [{}, {}] };

it('counts tests', () => {
  const report = { numPassedTests: 2, numTotalTests: 2, testResults: [passedFile] };
  expect(countTests(report, 0)).toEqual({ passed: 2, failed: 0 });
  const withFailure = {
    numPassedTests: 1,
    numTotalTests: 2,
    testResults: [{ status: 'failed', assertionResults: [{}, {}] }],
  };
  expect(countTests(withFailure, 1)).toEqual({ passed: 1, failed: 1 });
});

it('counts a skipped test as failed', () => {
  expect(countTests({ numPassedTests: 1, numTotalTests: 2, testResults: [passedFile] }, 0).failed).toBe(1);
});

it('counts a file that cannot be loaded as one failure', () => {
  const report = {
    numPassedTests: 2,
    numTotalTests: 2,
    testResults: [passedFile, { status: 'failed', assertionResults: [] }],
  };
  expect(countTests(report, 1)).toEqual({ passed: 2, failed: 1 });
});

it('does not call a run green that failed elsewhere, ran nothing, or left no report', () => {
  const report = { numPassedTests: 2, numTotalTests: 2, testResults: [passedFile] };
  expect(countTests(report, 1)).toEqual({ passed: 2, failed: 1 });
  expect(countTests({ numPassedTests: 0, numTotalTests: 0, testResults: [] }, 0)).toEqual({
    passed: 0,
    failed: 1,
  });
  expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1 });
  expect(countChecks(undefined, 1)).toEqual({ passed: 0, failed: 1 });
});

it('counts checks', () => {
  expect(countChecks({ passed: 7, failed: 1 }, 1)).toEqual({ passed: 7, failed: 1 });
});
