// A vitest reporter that counts, and writes down what was skipped and why. It prints nothing: scripts/test.mjs has the last word.
import { writeFileSync } from 'node:fs';

export class CountingReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: 0, skipped: [] };
    for (const module of modules) {
      // A file that cannot be loaded or whose hooks fail has no failing test of its own.
      const broken = [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => [...suite.errors()])];
      let failedHere = 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed++;
        else if (result.state === 'failed') failedHere++;
        else
          counts.skipped.push({
            name: `${module.relativeModuleId}: ${test.fullName}`,
            reason: result.note ?? 'no reason given',
          });
      }
      counts.failed += failedHere === 0 && broken.length > 0 ? 1 : failedHere;
    }
    counts.failed += unhandledErrors.length;
    writeFileSync(process.env['REXNET_TEST_REPORT'], JSON.stringify(counts));
  }
}

export default CountingReporter;
