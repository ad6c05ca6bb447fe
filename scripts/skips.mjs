/** A reporter of vitest that says of each skipped test why, and of each test that failed first and passed then that it did; the default one only counts them. */
export default class Skips {
  onTestCaseResult(test) {
    const result = test.result();
    const name = `${test.module.relativeModuleId} > ${test.fullName}`;
    if (result.state === 'skipped') process.stdout.write(`skipped: ${name}: ${result.note ?? 'no reason given'}\n`);
    if (result.state === 'passed' && test.diagnostic()?.flaky) process.stdout.write(`unsteady: ${name}: passed at the second try\n`);
  }
}
