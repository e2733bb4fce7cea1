import { createLog } from '@rexnet/node/telemetry/log.ts';
import { expect, test } from 'vitest';
import { systemClock } from './kube/clock.ts';
import { LEASES } from './kube/lease.ts';
import { FakeApi } from './kube/testing/fake-api.ts';
import { until } from './kube/testing/things.ts';
import { type OperatorOptions, runOperator } from './operator.ts';

const NAMESPACE = 'rexnet-system';
const PORT = 0;
const READY_MAX_MS = 20_000;

function optionsFor(api: FakeApi, lines: string[], more: Partial<OperatorOptions> = {}): OperatorOptions {
  return {
    access: api.access,
    namespaces: [],
    images: { image: 'rexnet:1', bitcoindImage: '', imagePullPolicy: 'IfNotPresent' },
    instance: 'one',
    metrics: { host: '127.0.0.1', port: PORT },
    source: { ask: async () => undefined, close: () => {} },
    clock: systemClock,
    random: () => 0.5,
    log: createLog({ level: 'info', base: {}, write: (line) => lines.push(line) }),
    ...more,
  };
}

function portIn(lines: readonly string[]): number {
  for (const line of lines) {
    const { metrics } = JSON.parse(line) as { readonly metrics?: number };
    if (metrics !== undefined) return metrics;
  }
  throw new Error('it said no port');
}

test('it leads with a Lease, says how it is, and ends at once, giving the Lease back', async () => {
  const api = await FakeApi.start();
  const stop = new AbortController();
  const lines: string[] = [];
  const lease = { namespace: NAMESPACE, name: 'rexnet-operator' };
  const running = runOperator(optionsFor(api, lines, { lease }), stop.signal);
  await until('it leads', () => lines.some((line) => line.includes('"leading"')));
  const at = `http://127.0.0.1:${portIn(lines)}`;
  const statusOf = async (path: string): Promise<number> => (await fetch(`${at}${path}`)).status;
  expect(await statusOf('/livez')).toBe(200);
  await expect.poll(() => statusOf('/readyz'), { timeout: READY_MAX_MS }).toBe(200);
  const metrics = await (await fetch(`${at}/metrics`)).text();
  expect(metrics).toContain('rexnet_operator_leading 1');
  expect(metrics).toContain('rexnet_operator_testnets{phase="Healthy"} 0');
  const stoppedAt = performance.now();
  stop.abort();
  expect(await running).toBe('released');
  expect(performance.now() - stoppedAt).toBeLessThan(5_000);
  const left = api.object(LEASES, lease.name, lease.namespace) as {
    readonly spec?: { readonly holderIdentity?: string };
  };
  expect(left.spec?.holderIdentity).toBe('');
  await api.stop();
});

test('an operator that lost its Lease says so', async () => {
  const api = await FakeApi.start();
  const lines: string[] = [];
  const lease = { namespace: NAMESPACE, name: 'rexnet-operator' };
  const running = runOperator(optionsFor(api, lines, { lease }), new AbortController().signal);
  await until('it leads', () => lines.some((line) => line.includes('"leading"')));
  const found = api.object(LEASES, lease.name, lease.namespace);
  if (found === undefined) throw new Error('there is no Lease');
  const spec = { holderIdentity: 'another', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' };
  api.put(LEASES, { ...found, spec } as typeof found);
  expect(await running).toBe('lost');
  await api.stop();
});
