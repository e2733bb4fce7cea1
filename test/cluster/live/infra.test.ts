// What the Pulumi program would register, sent to a real API server as a dry run with strict validation. Its releases are charts:
// ours is installed by charts.test.ts, that of Prometheus comes from the network.
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readSettings } from '../../../infra/src/settings.ts';
import { register } from '../../../infra/src/testing/register.ts';
import { requireCluster } from '../cluster.ts';
import { applyCrds } from '../crds-here.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const KUBERNETES = /^kubernetes:(core\/v1|rexnet\.dev\/v1alpha1):/;

const cluster = await requireCluster({ machines: 1 });

beforeAll(async () => {
  if (!('reason' in cluster)) await applyCrds(cluster);
});

test('namespaces and Testnet of both stacks are taken', { timeout: 120_000 }, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  for (const machinePerGroup of ['true', 'false']) {
    const values: Readonly<Record<string, string>> = {
      cluster: 'Given',
      kubeconfig: 'k',
      machinePerGroup,
      testnetNamespace: 'default',
    };
    const source = { get: (key: string) => values[key], getObject: () => undefined };
    const all = await register(readSettings(source, 'cloud', join(ROOT, 'infra')), join(ROOT, 'charts', 'rexnet'));
    const objects = all.filter(({ type }) => KUBERNETES.test(type)).map(({ inputs }) => stringify(inputs));
    const dry = ['apply', '--dry-run=server', '--validate=strict', '-f', '-'];
    const said = await cluster.kubectl(dry, objects.join('---\n'));
    expect(said.match(/\(server dry run\)/g)).toHaveLength(4);
  }
});
