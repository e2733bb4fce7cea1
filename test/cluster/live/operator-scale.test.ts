// Two hundred groups of four nodes on machines that only pretend: how fast the operator makes them, and what it takes. It runs as a
// process beside the cluster, by the rights, the token and the options its pod would have; nodes answer within it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { type Access, loadAccess } from '@rexnet/operator/kube/access.ts';
import { systemClock } from '@rexnet/operator/kube/clock.ts';
import { Transport } from '@rexnet/operator/kube/transport.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { ROOT } from '../../../scripts/setup.mjs';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';

const GROUPS = 200;
const NODES_PER_GROUP = 4;
const FAKE_MACHINES = 100;
const NAMESPACE = 'rexnet-scale-test';
const OPERATOR_NAMESPACE = 'rexnet-system';
const APPLIED_MAX_MS = 20_000;
const READY_MAX_MS = 45_000;
const MEMORY_MAX_MIB = 256;
const IDLE_MAX_PERCENT = 5;
const SETTLE_MS = 30_000;
const IDLE_MS = 60_000;
const LOOK_EVERY_MS = 250;
/** Longer than any goal, so that a figure that is missed is a figure and not a wait in vain. */
const PATIENCE_MS = 240_000;
const TICKS_PER_SECOND = 100;
const HOOK_MAX_MS = 300_000;
const TEST_MAX_MS = 600_000;

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
const MADE = {
  '/apis/rexnet.dev/v1alpha1': { consensusgroups: GROUPS },
  '/apis/apps/v1': { statefulsets: GROUPS },
  '/apis/policy/v1': { poddisruptionbudgets: GROUPS },
  '/api/v1': { services: 2 * GROUPS },
} as const;

type Installed = {
  readonly kind?: string;
  readonly spec?: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly env: readonly { readonly name: string; readonly value?: string }[] }[];
      };
    };
  };
};

const cluster = await requireClusterWhenFull({ machines: 1 });
const folder = mkdtempSync(join(tmpdir(), 'rexnet-operator-'));
const installed: readonly Installed[] = parseAllDocuments(readFileSync(join(ROOT, 'install.yaml'), 'utf8'))
  .map((document) => document.toJS() as Installed | null)
  .filter((one) => one !== null);
/** All of it but the pod. */
const rights = installed
  .filter(({ kind }) => kind !== 'Deployment')
  .map((one) => stringify(one))
  .join('---\n');
let operator: ChildProcess | undefined;

beforeAll(async () => {
  if ('reason' in cluster) return;
  await cluster.startFakeNodes(FAKE_MACHINES, () => {});
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], rights);
  await cluster.kubectl(['create', 'namespace', NAMESPACE]);
  for (const machine of cluster.machines) await cluster.kubectl(['cordon', machine]);
}, HOOK_MAX_MS);

afterAll(async () => {
  if (!('reason' in cluster)) {
    await cluster.kubectl(['-n', NAMESPACE, 'delete', 'testnet', '--all']);
    await cluster.kubectl(['delete', 'namespace', NAMESPACE]);
    if (operator !== undefined && operator.exitCode === null) {
      operator.kill('SIGTERM');
      await once(operator, 'exit');
    }
    for (const machine of cluster.machines) await cluster.kubectl(['uncordon', machine]);
    await cluster.kubectl(['delete', '--ignore-not-found', '-f', '-'], rights);
  }
  rmSync(folder, { recursive: true, force: true });
}, HOOK_MAX_MS);

test(`${GROUPS} groups of ${NODES_PER_GROUP} on fake nodes`, { timeout: TEST_MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  const access = await loadAccess({ kubeconfig: cluster.kubeconfig }, () => systemClock.now());
  const asking = new Transport({ access, clock: systemClock, userAgent: 'operator-scale' });
  const began = await begin(cluster, access);
  const before = ticksOf(began.process);
  const startedAt = performance.now();
  await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(TESTNET));
  await whenMade(asking);
  const appliedMs = performance.now() - startedAt;
  await until({ ...patience('Ready'), look: () => readiness(asking), holds: (status) => status.startsWith('True') });
  const readyMs = performance.now() - startedAt;
  const upSeconds = (ticksOf(began.process) - before) / TICKS_PER_SECOND;
  const told = await passesOf(began.metricsPort);
  await delay(SETTLE_MS);
  const [idleTicks, idlePasses] = [ticksOf(began.process), await passesOf(began.metricsPort)];
  await delay(IDLE_MS);
  const idlePercent = ((ticksOf(began.process) - idleTicks) / TICKS_PER_SECOND / (IDLE_MS / 1_000)) * 100;
  const passes = [...(await passesOf(began.metricsPort))].map(
    ([name, count]) => `${name} ${count - (idlePasses.get(name) ?? 0)}`,
  );
  const { peakMib, nowMib } = memoryOf(began.process);
  process.stderr.write(
    `${GROUPS} x ${NODES_PER_GROUP}: applied ${Math.round(appliedMs)} ms, Ready ${Math.round(readyMs)} ms, ` +
      `processor until then ${upSeconds.toFixed(1)} s, memory ${nowMib} MiB, at most ${peakMib} MiB, idle ${idlePercent.toFixed(1)} %\n` +
      `until Ready: ${[...told].map(([name, count]) => `${name} ${count}`).join(', ')}\nidle, ${IDLE_MS / 1_000} s: ${passes.join(', ')}\n`,
  );
  asking.close();
  expect(appliedMs).toBeLessThan(APPLIED_MAX_MS);
  expect(readyMs).toBeLessThan(READY_MAX_MS);
  expect(peakMib).toBeLessThan(MEMORY_MAX_MIB);
  expect(idlePercent).toBeLessThan(IDLE_MAX_PERCENT);
});

function patience(what: string) {
  return { what, withinMs: PATIENCE_MS, everyMs: LOOK_EVERY_MS };
}

/** The operator, once it works, as its pod would run: the token of its account, the heap it is given there, code compiled before. */
async function begin(here: Cluster, { server, credentials }: Access) {
  const program = join(ROOT, 'test', 'cluster', 'operator-on-fakes.ts');
  const account = ['-n', OPERATOR_NAMESPACE, 'create', 'token', 'rexnet-operator', '--duration=1h'];
  const { tls } = await credentials();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'token'), await here.kubectl(account));
  writeFileSync(join(folder, 'ca.crt'), String(tls.ca));
  writeFileSync(join(folder, 'namespace'), OPERATOR_NAMESPACE);
  const { env: given = [] } =
    installed.find(({ kind }) => kind === 'Deployment')?.spec?.template.spec.containers[0] ?? {};
  const env = {
    PATH: process.env['PATH'],
    NODE_OPTIONS: given.find(({ name }) => name === 'NODE_OPTIONS')?.value,
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  };
  const warming = spawn(process.execPath, [join(ROOT, 'operator', 'src', 'main.ts'), '--help'], {
    stdio: 'ignore',
    env,
  });
  await once(warming, 'exit');
  operator = spawn(process.execPath, [program, folder, String(GROUPS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...env, KUBERNETES_SERVICE_HOST: server.hostname, KUBERNETES_SERVICE_PORT: server.port },
  });
  const begun = operator;
  if (begun.stdout === null) throw new Error('the operator has no output');
  const ports: number[] = [];
  createInterface({ input: begun.stdout }).on('line', (line) => {
    process.stderr.write(`operator: ${line}\n`);
    const said: unknown = JSON.parse(line);
    const port = typeof said === 'object' && said !== null ? Reflect.get(said, 'metrics') : undefined;
    if (typeof port === 'number') ports.push(port);
  });
  await until({ ...patience('the operator'), look: () => isWorking(ports[0]), holds: (works) => works });
  return { process: begun, metricsPort: ports[0] ?? 0 };
}

async function isWorking(port: number | undefined): Promise<boolean> {
  if (port === undefined) return false;
  return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
}

/** One look costs the server next to nothing: it counts what it leaves out. */
async function whenMade(asking: Transport): Promise<void> {
  for (const [root, kinds] of Object.entries(MADE))
    for (const [plural, wanted] of Object.entries(kinds))
      await until({
        ...patience(`${wanted} ${plural}`),
        look: () => countOf(asking, `${root}/namespaces/${NAMESPACE}/${plural}`),
        holds: (count) => count >= wanted,
      });
}

async function countOf(asking: Transport, path: string): Promise<number> {
  const text = await asking.exchange({ method: 'GET', path, query: { limit: '1' } });
  const { items, metadata } = JSON.parse(text) as {
    readonly items: readonly unknown[];
    readonly metadata: { readonly remainingItemCount?: number };
  };
  return items.length + (metadata.remainingItemCount ?? 0);
}

async function readiness(asking: Transport): Promise<string> {
  const path = `/apis/rexnet.dev/v1alpha1/namespaces/${NAMESPACE}/testnets/large`;
  const { status } = JSON.parse(await asking.exchange({ method: 'GET', path })) as {
    readonly status?: {
      readonly conditions?: readonly Readonly<Record<'type' | 'status' | 'reason' | 'message', string>>[];
    };
  };
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready === undefined ? 'nothing' : `${ready.status} ${ready.reason}: ${ready.message}`;
}

/** Passes and requests so far, as its metrics count them. */
async function passesOf(port: number): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const counted = [...text.matchAll(/^rexnet_operator_(reconciles|requests)_total\{(.*)\} (\d+)$/gm)];
  return new Map(counted.map(([, name, labels, count]) => [`${name} ${labels}`, Number(count)]));
}

function ticksOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

function memoryOf({ pid }: ChildProcess): { readonly peakMib: number; readonly nowMib: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (field: string): number => {
    const [, kib = '0'] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text) ?? [];
    return Math.round(Number(kib) / 1_024);
  };
  return { peakMib: mib('VmHWM'), nowMib: mib('VmRSS') };
}
