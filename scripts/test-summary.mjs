// Turns the counts of a test run into lines and an exit code. Pure: given counts and what must not be skipped.

/**
 * A skipped test whose reason begins with a required capability ('bitcoind: not found') counts as failed.
 * @param {{passed: number, failed: number, skipped: {name: string, reason: string}[]}} counts
 * @param {readonly string[]} required
 */
export function summarize(counts, required) {
  const isRequired = ({ reason }) => required.some((capability) => reason.startsWith(`${capability}:`));
  const refused = counts.skipped.filter(isRequired);
  const skipped = counts.skipped.filter((test) => !isRequired(test));
  const failed = counts.failed + refused.length;
  const lines = [
    ...refused.map(({ name, reason }) => `failed: ${name} may not be skipped here (REXNET_REQUIRE) because ${reason}`),
    ...skipped.map(({ name, reason }) => `skipped: ${name} because ${reason}`),
    `${counts.passed} passed, ${failed} failed${skipped.length === 0 ? '' : `, ${skipped.length} skipped`}`,
  ];
  return { lines, exitCode: failed > 0 || counts.passed === 0 ? 1 : 0 };
}
