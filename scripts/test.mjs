// npm test: sets up what is missing, runs every test this machine can run, and ends with one line 'N passed, N failed[, N skipped]'.
// --full runs every line of every table; other arguments go to vitest.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runNode, runScript, setUp } from './setup.mjs';
import { summarize } from './test-summary.mjs';

await runScript(async () => {
  await setUp({ dev: true, script: import.meta.url });
  const given = process.argv.slice(2);
  const folder = join(ROOT, '.rexnet', '.test');
  const report = join(folder, `report-${process.pid}.json`);
  mkdirSync(folder, { recursive: true });
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=./scripts/test-report.mjs'];
  const code = await runNode([...args, ...given.filter((word) => word !== '--full')], {
    REXNET_TEST_REPORT: report,
    ...(given.includes('--full') ? { REXNET_FULL: '1' } : {}),
  });
  const required = (process.env['REXNET_REQUIRE'] ?? '').split(',').filter((word) => word !== '');
  const { lines, exitCode } = summarize(readCounts(report), required);
  for (const line of lines) process.stdout.write(`${line}\n`);
  return exitCode === 0 ? code : exitCode;
});

/** A run that ended before it could report is a failure, not silence. */
function readCounts(report) {
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8'));
    rmSync(report);
    return counts;
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
}
