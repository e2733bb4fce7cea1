// The token load on real machines: four groups of one node with 0.15 of a core each, 50 token transfers a second a group from the
// generator of the Testnet itself. It takes minutes, so all of it waits for REXNET_FULL=1.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PORT } from '@rexnet/operator/plan/kube/pod.ts';
import { expect, test } from 'vitest';
import { ROOT } from '../../../scripts/setup.mjs';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import { printEvidence } from '../evidence.ts';
import { Namespace } from '../namespace.ts';
import { NodeDoor } from '../node-door.ts';
import { withOperator } from '../operator-here.ts';

const MACHINES = 3;
const NAMESPACE = 'rexnet-token-load-test';
const GROUPS = 4;
const TPS_PER_GROUP = 50;
const WINDOW_MS = 60_000;
/** What must hold. */
const COMPLETED_MIN = 0.98;
const LIMITS_MAX_MILLI = 1_200;
const NODE_MAX_MILLI = 150;
/** Of transactions; more would be a backlog. */
const DECIDED_MAX_MS = 20_000;
/** Accounts have their tokens, and the first trees are whole. */
const WARM_TRANSACTIONS = 1_000;
const WARM_MAX_MS = 180_000;
const TEST_MAX_MS = 600_000;
const RXCTL = join(ROOT, 'rxctl', 'src', 'main.ts');

const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: tokens, namespace: ${NAMESPACE}}
spec:
  groups: ${GROUPS}
  bitcoin: {mode: Regtest}
  contracts: [{name: token}]
  load: {workload: Token, tpsPerGroup: ${TPS_PER_GROUP}}
  template: {resources: {cpu: ${NODE_MAX_MILLI}m, memory: 320Mi}}
`;

const OFFERED = 'rexnet_load_offered_total';
const COMPLETED = 'rexnet_load_completed_total';
const FAILED = 'rexnet_load_failed_total';
const COUNTED: ReadonlySet<string> = new Set([OFFERED, COMPLETED, FAILED]);
const RELAYS = 'rexnet_chain_relays_received_total';

const cluster = await requireClusterWhenFull({ machines: MACHINES });
const here = new Namespace(cluster, NAMESPACE);

type Counts = { readonly offered: number; readonly completed: number; readonly failed: number };

/** Of the generator: all zero while it does not answer. */
async function counts(door: NodeDoor): Promise<Counts> {
  const labels = 'rexnet.dev/testnet=tokens,rexnet.dev/component=load';
  const pod = await here
    .kubectl('get', 'pods', '-l', labels, '-o', 'jsonpath={.items[0].metadata.name}')
    .catch(() => '');
  const figures = pod === '' ? undefined : await door.figures(pod, COUNTED, PORT.loadMetrics);
  const sum = (name: string) =>
    [...(figures ?? [])].reduce((total, [series, value]) => (series.startsWith(name) ? total + value : total), 0);
  return { offered: sum(OFFERED), completed: sum(COMPLETED), failed: sum(FAILED) };
}

/** Relays that each group has read of each other one: `source>reader`. */
async function relays(door: NodeDoor): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (let reader = 0; reader < GROUPS; reader++) {
    const figures = await door.figures(`tokens-g${reader}-0`, new Set([RELAYS]));
    for (const [series, value] of figures ?? []) {
      const source = /source="(\d+)"/.exec(series)?.[1];
      if (source !== undefined) found.set(`${source}>${reader}`, value);
    }
  }
  return found;
}

/** By group. */
async function machinesOfGroups(): Promise<readonly string[]> {
  const groups = Array.from({ length: GROUPS }, (_, group) => group);
  const machine = (group: number) => here.field(`pod/tokens-g${group}-0`, '{.spec.nodeName}');
  return Promise.all(groups.map(machine));
}

type Limit = { readonly component: string; readonly milli: number };

/** Of every pod of the Testnet that runs; each has one container. */
async function limitsNow(): Promise<readonly Limit[]> {
  const path = '{.metadata.labels.rexnet\\.dev/component} {.spec.containers[*].resources.limits.cpu}';
  const running = ['--field-selector', 'status.phase=Running', '-l', 'rexnet.dev/testnet=tokens'];
  return (await here.lines('pods', path, ...running)).map((line) => {
    const [component = '', cpu = ''] = line.split(' ');
    return { component, milli: cpu.endsWith('m') ? Number(cpu.slice(0, -1)) : Number(cpu) * 1_000 };
  });
}

withOperator(cluster, NAMESPACE);

test('four groups within 1.2 cores complete 200 token transfers a second, with relays between all machines', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  context.onTestFailed(() => printEvidence(cluster, NAMESPACE));
  const door = await NodeDoor.open(cluster, NAMESPACE);
  try {
    await here.apply(TESTNET);
    await here.wait('testnet/tokens', 'ContractsReady');
    const look = () => counts(door);
    const common = { everyMs: 250, look };
    const before = await until({
      ...common,
      what: 'the load to be under way',
      withinMs: WARM_MAX_MS,
      holds: ({ completed }) => completed >= WARM_TRANSACTIONS,
    });
    const limits = await limitsNow();
    const relaysBefore = await relays(door);
    await delay(WINDOW_MS);
    const end = await look();
    const endedMs = performance.now();
    const after = await until({
      ...common,
      what: 'as many to be decided as were offered',
      withinMs: DECIDED_MAX_MS,
      holds: ({ completed, failed }) => completed + failed >= end.offered,
    });
    const decidedMs = performance.now() - endedMs;
    const relaysAfter = await relays(door);

    const offered = end.offered - before.offered;
    const failed = after.failed - before.failed;
    const share = (offered - failed) / offered;
    const sum = limits.reduce((total, { milli }) => total + milli, 0);
    const between = await betweenMachines((pair) => (relaysAfter.get(pair) ?? 0) - (relaysBefore.get(pair) ?? 0));
    console.log(
      `token load: ${offered} offered in ${WINDOW_MS / 1_000} s, ${failed} failed, ${(100 * share).toFixed(2)} % completed, ` +
        `the last ${(decidedMs / 1_000).toFixed(1)} s later; limits ${sum}m; relays ${JSON.stringify(Object.fromEntries(between))}`,
    );
    expect(offered / (WINDOW_MS / 1_000)).toBeGreaterThan(COMPLETED_MIN * GROUPS * TPS_PER_GROUP);
    expect(share).toBeGreaterThanOrEqual(COMPLETED_MIN);
    expect(sum).toBeLessThanOrEqual(LIMITS_MAX_MILLI);
    const nodes = limits.filter(({ component }) => component === 'node');
    expect(nodes).toHaveLength(GROUPS);
    expect(Math.max(...nodes.map(({ milli }) => milli))).toBeLessThanOrEqual(NODE_MAX_MILLI);
    expect(between.size).toBe(MACHINES * (MACHINES - 1));
    expect(Math.min(...between.values())).toBeGreaterThan(0);
    const words = ['--kube', '--kubeconfig', cluster.kubeconfig, '-n', NAMESPACE, 'audit'];
    const { stdout } = await promisify(execFile)(process.execPath, [RXCTL, ...words]);
    expect(stdout).toContain('clean');
  } finally {
    await door.close();
  }
});

/** Sums over the groups of two machines, for every ordered pair of machines that have any. */
async function betweenMachines(count: (pair: string) => number): Promise<ReadonlyMap<string, number>> {
  const machines = await machinesOfGroups();
  const sums = new Map<string, number>();
  for (const [source, from] of machines.entries())
    for (const [reader, to] of machines.entries()) {
      if (from === to) continue;
      const pair = `${from}>${to}`;
      sums.set(pair, (sums.get(pair) ?? 0) + count(`${source}>${reader}`));
    }
  return sums;
}
