/** A reporter of vitest that says of each skipped test why, as it comes; the default one only counts them. */
export default class Skips {
  onTestCaseResult(test) {
    const result = test.result();
    if (result.state !== 'skipped') return;
    process.stdout.write(`skipped: ${test.module.relativeModuleId} > ${test.fullName}: ${result.note ?? 'no reason given'}\n`);
  }
}
