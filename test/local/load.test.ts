// The whole network under load, as `npm start -- --for` runs it: what was offered completes in time, the money adds up, the
// memory stays within bounds.
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunReport as LoadReport } from '../../load/src/report.ts';
import { enrichStoredDiff } from '../../node/src/engine/testing/change-folder.ts';
import { EXIT } from '../../rxctl/src/exit.ts';
import { lockOwner } from '../../rxctl/src/local/lock.ts';
import { leftoverNames } from '../../rxctl/src/local/supervisor.ts';
import { COUNTS } from './counts.ts';
import { watchMemory } from './memory.ts';
import { sharedTestnet } from './testnet.ts';

const COMPLETED_SHARE_MIN = 0.98;
const BLOCK_INTERVAL_MS = 1_000;
const CONFIRMATIONS = 2;
const EXECUTED_P95_MAX_MS = (CONFIRMATIONS + 2.5) * BLOCK_INTERVAL_MS;
const COMPLETED_P95_MAX_MS = (2 * CONFIRMATIONS + 2.5) * BLOCK_INTERVAL_MS;
const NODE_MIB_MAX = 200;
const NETWORK_MIB_MAX = 1_536;
const FIRST_BLOCK_MAX_SECONDS = 15;
const TRIES = 2;

test('400 transactions a second on four groups complete, add up and leave room', { timeout: 300_000 }, async () => {
  const testnet = sharedTestnet();
  await testnet.down();
  const running = testnet.run(COUNTS.loadSeconds);
  const memory = watchMemory(() => {
    const names = leftoverNames(testnet.folders).flatMap((name): [string, number][] => {
      const pid = testnet.process(name)?.pid;
      return pid === undefined ? [] : [[name, pid]];
    });
    const owner = lockOwner(testnet.folders.lock);
    return new Map(owner === undefined ? names : [...names, ['rxctl', owner.pid]]);
  }, running);
  const { report, code, stderr } = await running;
  const load = JSON.parse(readFileSync(testnet.folders.loadReport, 'utf8')) as LoadReport;
  const { peaks, total } = await memory;
  const nodes = testnet.nodes.map((name) => Math.round(peaks.get(name) ?? 0));
  console.log(
    `load: ${report.completed} of ${report.offered} completed at ${report.tps} tps, cross-group executed p95 ${load.crossExecutedP95Ms} ms, completed p95 ${load.crossP95Ms} ms, nodes ${nodes.join(' ')} MiB, all ${Math.round(total)} MiB, first block after ${report.firstBlockSeconds} s`,
  );
  expect({ code, stderr, refusals: load.refusals }).toMatchObject({ code: 0 });
  expect(report.offered).toBe(400 * COUNTS.loadSeconds);
  expect(report.completed).toBeGreaterThanOrEqual(COMPLETED_SHARE_MIN * report.offered);
  expect(report).toMatchObject({ doubled: 0, audit: 'clean' });
  expect(load.balances).toBe('match');
  expect(load.balancesChecked).toBeGreaterThan(0);
  expect(report.crossGroupShare).toBeGreaterThan(0.7);
  expect(load.crossExecutedP95Ms).toBeLessThanOrEqual(EXECUTED_P95_MAX_MS);
  expect(load.crossP95Ms).toBeLessThanOrEqual(COMPLETED_P95_MAX_MS);
  for (const mib of nodes) expect(mib).toBeLessThanOrEqual(NODE_MIB_MAX);
  expect(total).toBeLessThanOrEqual(NETWORK_MIB_MAX);
});

test('executed again, every cell of that run is right, and 1 msat in a copy is named', {
  timeout: 300_000,
}, async () => {
  const testnet = sharedTestnet();
  await testnet.down();
  const { code, report } = await testnet.auditDeep();
  expect({ code, findings: report.nodes.flatMap(({ findings }) => findings) }).toEqual({ code: 0, findings: [] });
  expect(report).toMatchObject({ clean: true, nodes: testnet.nodes.map((node) => ({ node })) });
  const copy = join(testnet.folders.root, 'copy');
  cpSync(testnet.folders.node('g1-n0'), copy, { recursive: true });
  const { account, height, storedMsat, rightMsat } = await enrichStoredDiff(copy);
  expect(storedMsat - rightMsat).toBe(1n);
  const changed = await testnet.auditDeep(copy);
  expect(changed.code).toBe(EXIT.verdictNotMet);
  const finding = changed.report.nodes[0]?.findings.find(({ record }) => record === 'diff');
  expect(finding).toMatchObject({ height, cell: `account ${account}` });
  expect(String(finding?.['stored'])).toContain(`${storedMsat} msat`);
  expect(String(finding?.['right'])).toContain(`${rightMsat} msat`);
  rmSync(copy, { recursive: true });
});

test('a network that was stopped goes on where it was', { timeout: 300_000 }, async () => {
  const testnet = sharedTestnet();
  const times: number[] = [];
  // A machine that is taken away for a moment makes one try slow, not each of them.
  while (times.length < TRIES && !times.some((seconds) => seconds <= FIRST_BLOCK_MAX_SECONDS)) {
    await testnet.down();
    const startedMs = performance.now();
    await testnet.up();
    times.push((performance.now() - startedMs) / 1_000);
  }
  console.log(
    `restart: a further block in all groups after ${times.map((seconds) => seconds.toFixed(1)).join(', ')} s`,
  );
  expect(Math.min(...times)).toBeLessThanOrEqual(FIRST_BLOCK_MAX_SECONDS);
  expect((await (await testnet.network()).audit()).problems).toEqual([]);
});
