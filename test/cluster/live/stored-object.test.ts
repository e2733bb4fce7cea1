// An object that an older schema took and a newer one would refuse, on a real API server: the operator says what is wrong with it in its
// status, changes nothing for it, and serves the others. The operator runs here, not in a pod: no pod is asked for.
import { createLog } from '@rexnet/node/telemetry/log.ts';
import { crdOf } from '@rexnet/operator/api/crd.ts';
import { TESTNET } from '@rexnet/operator/api/testnet.ts';
import { loadAccess } from '@rexnet/operator/kube/access.ts';
import { systemClock } from '@rexnet/operator/kube/clock.ts';
import { runOperator } from '@rexnet/operator/operator.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../local/until.ts';
import { requireCluster } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';
import { applyCrds } from '../crds-here.ts';
import { reasonOf } from '../errors.ts';

const NAME = `stored-object-${process.pid}`;
const MAX_MS = 120_000;
const TOLD_MAX_MS = 30_000;
const STRATEGY = 'Sideways';

const cluster = await requireCluster({ machines: 1 });

beforeAll(async () => {
  if ('reason' in cluster) return;
  await applyCrds(cluster);
  await cluster.kubectl(['create', 'namespace', NAME]);
}, MAX_MS);

afterAll(async () => {
  if ('reason' in cluster) return;
  await applyCrds(cluster);
  await cluster.kubectl(['delete', 'namespace', NAME, '--ignore-not-found', '--wait=false']);
}, MAX_MS);

/** As a version would be that took any word for the strategy. */
function olderCrd(): string {
  return JSON.stringify(crdOf(TESTNET), (key, value: unknown) => {
    if (key !== 'strategy' || typeof value !== 'object' || value === null) return value;
    const { enum: _, ...rest } = value as Readonly<Record<string, unknown>>;
    return rest;
  });
}

function testnet(name: string, strategy: string): string {
  return JSON.stringify({
    apiVersion: 'rexnet.dev/v1alpha1',
    kind: 'Testnet',
    metadata: { name, namespace: NAME },
    spec: { groups: 1, suspend: true, chain: { partitions: 16 }, bitcoin: { mode: 'None' }, placement: { strategy } },
  });
}

function create(here: Cluster, text: string, ...more: readonly string[]): Promise<string> {
  return here.kubectl(['create', '-f', '-', ...more], text).catch(reasonOf);
}

test('it stalls in words, nothing crashes, and it can be mended', { timeout: MAX_MS }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await cluster.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], olderCrd());
  await until({
    what: 'the older schema to be judged by',
    withinMs: TOLD_MAX_MS,
    everyMs: 250,
    look: () => create(cluster, testnet('older', STRATEGY)),
    holds: (said) => said.includes('created'),
  });
  await applyCrds(cluster);
  await until({
    what: 'the newer schema to be judged by',
    withinMs: TOLD_MAX_MS,
    everyMs: 250,
    look: () => create(cluster, testnet('refused', STRATEGY), '--dry-run=server'),
    holds: (said) => said.includes(`Unsupported value: "${STRATEGY}"`),
  });
  expect(await create(cluster, testnet('good', 'Spread'))).toContain('created');

  const stop = new AbortController();
  const access = await loadAccess({ kubeconfig: cluster.kubeconfig }, () => performance.now());
  const running = runOperator(
    {
      access,
      namespaces: [NAME],
      images: { image: 'rexnet:1', bitcoindImage: '', imagePullPolicy: 'Never' },
      instance: NAME,
      source: { ask: async () => undefined, close: () => undefined },
      clock: systemClock,
      random: Math.random,
      log: createLog({ level: 'silent', base: {} }),
    },
    stop.signal,
  );
  try {
    const stalled = (name: string) =>
      cluster.kubectl([
        ...['-n', NAME, 'get', 'testnet', name, '-o'],
        'jsonpath={.status.conditions[?(@.type=="Stalled")].reason}: {.status.conditions[?(@.type=="Stalled")].message}',
      ]);
    const told = (name: string, holds: (said: string) => boolean) =>
      until({ what: `${name} to be told of`, withinMs: TOLD_MAX_MS, everyMs: 250, look: () => stalled(name), holds });
    expect(await told('older', (said) => said.startsWith('InvalidSpec'))).toBe(
      `InvalidSpec: spec.placement.strategy: spec.placement.strategy is "${STRATEGY}", but must be one of Spread, Exclusive, Packed; write Spread, Exclusive or Packed.`,
    );
    await told('good', (said) => said.startsWith('Progressing'));
    const groups = ['-n', NAME, 'get', 'consensusgroups', '-o', 'name'];
    expect(await cluster.kubectl(groups)).toBe('consensusgroup.rexnet.dev/good-g0\n');
    const mended = JSON.stringify({ spec: { placement: { strategy: 'Packed' } } });
    await cluster.kubectl(['-n', NAME, 'patch', 'testnet', 'older', '--type=merge', '-p', mended]);
    await told('older', (said) => said.startsWith('Progressing'));
    expect(await cluster.kubectl(groups)).toContain('older-g0');
  } finally {
    stop.abort();
    await running;
  }
});
