// Types of test-summary.mjs, for the tests that import it.
export declare function summarize(
  counts: { passed: number; failed: number; skipped: { name: string; reason: string }[] },
  required: readonly string[],
): { lines: string[]; exitCode: number };
