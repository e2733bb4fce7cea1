// Two hundred groups of four nodes on machines that only pretend: how fast the operator applies them, and what it takes.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ROOT } from '../../../scripts/setup.mjs';
import { IS_FULL } from '../../local/counts.ts';
import { until } from '../../local/until.ts';
import { requireCluster } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';

const GROUPS = 200;
const NODES_PER_GROUP = 4;
const FAKE_MACHINES = 100;
const NAMESPACE = 'rexnet-scale-test';
const APPLIED_MAX_MS = 20_000;
const READY_MAX_MS = 45_000;
const MEMORY_MAX_MIB = 256;
const IDLE_MAX_PERCENT = 5;
const IDLE_MS = 30_000;
const TICKS_PER_SECOND = 100;
const TEST_MAX_MS = 600_000;
const CRDS = join(ROOT, 'charts', 'rexnet', 'templates', 'crds');

const cluster = IS_FULL ? await requireCluster({ machines: 1 }) : { reason: 'only with REXNET_FULL=1' };

/** Everything goes to the machines that pretend, the miner too. */
const TESTNET = {
  apiVersion: 'rexnet.dev/v1alpha1',
  kind: 'Testnet',
  metadata: { name: 'large', namespace: NAMESPACE },
  spec: {
    groups: GROUPS,
    nodesPerGroup: NODES_PER_GROUP,
    chain: { partitions: 256 },
    bitcoin: { mode: 'None' },
    placement: { strategy: 'Packed' },
    template: {
      resources: { cpu: '50m', memory: '256Mi' },
      nodeSelector: { type: 'kwok' },
      tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }],
    },
  },
};

test('200 groups of 4', { timeout: TEST_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await cluster.startFakeNodes(FAKE_MACHINES, () => {});
  await cluster.kubectl(['apply', '--server-side', '-f', CRDS]);
  await cluster.kubectl(['create', 'namespace', NAMESPACE]);
  for (const machine of cluster.machines) await cluster.kubectl(['cordon', machine]);
  const operator = begin(cluster);
  try {
    const startedAt = performance.now();
    await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(TESTNET));
    await until({ ...every(500), what: 'all StatefulSets', look: () => countOf(cluster, 'statefulsets'), holds: (count) => count === GROUPS });
    const appliedMs = performance.now() - startedAt;
    await cluster.kubectl(['-n', NAMESPACE, 'wait', 'testnet/large', '--for=condition=Ready', '--timeout=180s']);
    const readyMs = performance.now() - startedAt;
    await delay(IDLE_MS / 3);
    const before = ticksOf(operator);
    await delay(IDLE_MS);
    const idlePercent = ((ticksOf(operator) - before) / TICKS_PER_SECOND / (IDLE_MS / 1_000)) * 100;
    const memoryMib = memoryOf(operator);
    process.stderr.write(
      `200 x 4: applied ${Math.round(appliedMs)} ms, Ready ${Math.round(readyMs)} ms, ${memoryMib} MiB, idle ${idlePercent.toFixed(1)} %\n`,
    );
    expect(appliedMs).toBeLessThan(APPLIED_MAX_MS);
    expect(readyMs).toBeLessThan(READY_MAX_MS);
    expect(memoryMib).toBeLessThan(MEMORY_MAX_MIB);
    expect(idlePercent).toBeLessThan(IDLE_MAX_PERCENT);
  } finally {
    await cluster.kubectl(['-n', NAMESPACE, 'delete', 'testnet', '--all']);
    await until({ ...every(1_000), what: 'pods to be gone', look: () => countOf(cluster, 'pods'), holds: (count) => count === 0 });
    operator.kill('SIGTERM');
    if (operator.exitCode === null) await once(operator, 'exit');
    for (const machine of cluster.machines) await cluster.kubectl(['uncordon', machine]);
    await cluster.kubectl(['delete', 'namespace', NAMESPACE]);
  }
});

function every(everyMs: number): { readonly everyMs: number; readonly withinMs: number } {
  return { everyMs, withinMs: 240_000 };
}

function begin({ kubeconfig }: Cluster): ChildProcess {
  const program = join(ROOT, 'test', 'cluster', 'operator-on-fakes.ts');
  return spawn(process.execPath, [program, kubeconfig, String(GROUPS)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: `--max-old-space-size=${MEMORY_MAX_MIB / 2}` },
  });
}

async function countOf(here: Cluster, kind: string): Promise<number> {
  const names = await here.kubectl(['-n', NAMESPACE, 'get', kind, '-l', 'rexnet.dev/testnet=large', '-o', 'name']);
  return names.split('\n').filter((name) => name !== '').length;
}

function ticksOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

function memoryOf({ pid }: ChildProcess): number {
  const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1_024);
}
