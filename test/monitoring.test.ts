// What is written for Prometheus, judged by Prometheus' own tool: configuration, rules, and what each alert does with made-up
// series.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { OPERATOR_ALERT_RULES } from '../dashboards/src/operator-rules.ts';
import { ALERT_RULES } from '../dashboards/src/rules.ts';
import { portNames } from '../rxctl/src/local/children.ts';
import { foldersOf, REPOSITORY } from '../rxctl/src/local/folders.ts';
import { configOf, MONITORING_PORTS, writeMonitoring } from '../rxctl/src/local/monitoring.ts';
import { planOfState } from '../rxctl/src/local/plan-of-state.ts';
import { readTestnetFile } from '../rxctl/src/testnet-file.ts';
import { findPrometheus } from './local/prometheus.ts';

const RULES = join(REPOSITORY, 'dashboards', 'rules');
const FETCH_MAX_MS = 300_000;
const run = promisify(execFile);
let base = '';
let found: Awaited<ReturnType<typeof findPrometheus>>;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'rexnet-promtool-'));
  found = await findPrometheus();
}, FETCH_MAX_MS);
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** What it said; throws when it found fault. */
async function promtool(context: TestContext, ...args: readonly string[]): Promise<string> {
  if ('reason' in found) return context.skip(found.reason);
  const { stdout } = await run(found.promtool, [...args]);
  return stdout;
}

test('the configuration of a network is one, and finds its rules', async (context) => {
  const read = readTestnetFile(join(REPOSITORY, 'testnet.yaml'));
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const { name, spec } = read.file.testnet;
  const plan = planOfState({ version: 1, name, networkId: '', spec, parent: 'toy', ports: {} }, undefined);
  const ports = Object.fromEntries([...portNames(plan), ...MONITORING_PORTS].map((port, i) => [port, 40_000 + i]));
  const folders = foldersOf(base, name);
  writeMonitoring({ plan, folders, ports });
  expect(await promtool(context, 'check', 'config', configOf(folders))).toMatch(/SUCCESS: .*valid prometheus config/);
});

test('the rules are well formed', async (context) => {
  const files = ['recording', 'alerts', 'operator'].map((name) => join(RULES, `${name}.yaml`));
  const said = await promtool(context, 'check', 'rules', ...files);
  expect(said).toContain(`SUCCESS: ${ALERT_RULES.length} rules found`);
  expect(said).toContain(`SUCCESS: ${OPERATOR_ALERT_RULES.length} rules found`);
});

test.for([
  ['alerts.test.yaml', ALERT_RULES],
  ['operator.test.yaml', OPERATOR_ALERT_RULES],
] as const)('every alert of %s fires when it should, and only then', async ([file, rules], context) => {
  const tests = join(RULES, file);
  const text = readFileSync(tests, 'utf8');
  for (const { alert } of rules) expect(text).toContain(`ALERTS{alertname="${alert}",alertstate="firing"`);
  expect(await promtool(context, 'test', 'rules', tests)).toContain('SUCCESS');
});
