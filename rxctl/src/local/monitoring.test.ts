import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planTestnet } from '@rexnet/operator/plan/plan.ts';
import { compilerHash } from '@rexnet/preda/compiler-hash.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseTestnetFile } from '../testnet-file.ts';
import { portNames } from './children.ts';
import { foldersOf } from './folders.ts';
import { configOf, MONITORING_PORTS, prometheusChild, targetsOf, writeMonitoring } from './monitoring.ts';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rexnet-monitoring-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function watched(spec: string) {
  const parsed = parseTestnetFile(
    `apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\nmetadata: {name: demo}\nspec: ${spec}\n`,
  );
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const facts = {
    bitcoind: { kind: 'absent', reason: 'none' },
    governance: new Uint8Array(32),
    compilerHash: compilerHash(),
  } as const;
  const planned = planTestnet(parsed.file.testnet, facts);
  if ('refusal' in planned) throw new Error(planned.refusal.message);
  const names = [...portNames(planned.plan), ...MONITORING_PORTS];
  const ports = Object.fromEntries(names.map((name, i) => [name, 40_000 + i]));
  return { plan: planned.plan, folders: foldersOf(base, 'demo'), ports };
}

const LOADED = '{groups: 2, nodesPerGroup: 2, contracts: [{name: token}], load: {tpsPerGroup: 5}}';

test('every node, miner and load generator is a target, nodes with their group', () => {
  const targets = targetsOf(watched(LOADED));
  expect(targets.map(({ labels }) => labels)).toEqual([
    { testnet: 'demo', component: 'node', node: 'g0-n0', group: '0' },
    { testnet: 'demo', component: 'node', node: 'g0-n1', group: '0' },
    { testnet: 'demo', component: 'node', node: 'g1-n0', group: '1' },
    { testnet: 'demo', component: 'node', node: 'g1-n1', group: '1' },
    { testnet: 'demo', component: 'miner', node: 'miner-0' },
    { testnet: 'demo', component: 'load', node: 'load' },
  ]);
  expect(new Set(targets.flatMap((target) => target.targets)).size).toBe(targets.length);
  for (const target of targets) expect(target.targets).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
  expect(targetsOf(watched('{groups: 1, load: {tpsPerGroup: 0}}')).map(({ labels }) => labels.component)).toEqual([
    'node',
    'miner',
  ]);
});

test('the configuration names the checked-in rules, and the process keeps everything in the folder of the network', () => {
  const input = watched(LOADED);
  writeMonitoring(input);
  const config = readFileSync(configOf(input.folders), 'utf8');
  expect(config).toMatch(/dashboards\/rules\/recording\.yaml\n.*dashboards\/rules\/alerts\.yaml\n/);
  expect(config).toContain('scrape_interval: 2s');
  const { args } = prometheusChild('/usr/bin/prometheus', input);
  expect(args).toContain(`--web.listen-address=127.0.0.1:${input.ports['prometheus.http']}`);
  expect(args.filter((arg) => arg.includes(base))).toHaveLength(2);
});
