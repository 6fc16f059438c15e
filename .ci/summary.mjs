// Prints "N passed, N failed" of vitest's JSON result. A file that could not even be loaded, and a run that ended
// without a result, count as failures.
import { readFileSync } from 'node:fs'

function countOf(file) {
  try {
    const { testResults, numPassedTests, numFailedTests, success } = JSON.parse(readFileSync(file, 'utf8'))
    const broken = testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    ).length
    const failed = numFailedTests + broken
    return { passed: numPassedTests, failed: success ? failed : Math.max(failed, 1) }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

const { passed, failed } = countOf(process.argv[2])
console.log(`${passed} passed, ${failed} failed`)
