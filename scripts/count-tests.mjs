import { readFileSync } from 'node:fs';

/**
 * Prints `N passed, N failed` from vitest's JSON report. What could not run counts as failed: a file that broke before its
 * tests, a missing report, no tests at all, an exit code that no test explains.
 */
const [reportFile, exitCode] = process.argv.slice(2);
const { passed, failed } = count(readReport(reportFile));
const unexplained = failed === 0 && (passed === 0 || exitCode !== '0') ? 1 : 0;
console.log(`${passed} passed, ${failed + unexplained} failed`);
process.exitCode = failed + unexplained === 0 ? 0 : 1;

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(`no report of the tests: ${error.message}`);
    return { numPassedTests: 0, numFailedTests: 0, testResults: [] };
  }
}

function count({ numPassedTests, numFailedTests, testResults }) {
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}
