// The cluster itself: its machines are Ready, pods run on all of them, keep their disks, and a crashed kubelet
// is noticed. That `down` leaves nothing is checked when the run ends: it throws otherwise.
import { expect, test } from 'vitest';
import { until } from '../../local/until.ts';
import { PAUSE_IMAGE } from '../built/machine-files.ts';
import { requireCluster } from '../cluster.ts';
import type { Cluster } from '../cluster-type.ts';

const MACHINES = 3;
const PODS_MAX_MS = 60_000;
/** Four times the grace period, for a machine that has other things to do. */
const NOTICED_MAX_MS = 60_000;
/** What a killed run left in a cluster of somebody's is not in our way. */
const NAME = `cluster-test-${process.pid}`;

const cluster = await requireCluster({ machines: MACHINES });

function workload(): string {
  const labels = { app: NAME };
  const container = {
    name: 'pause',
    image: PAUSE_IMAGE,
    imagePullPolicy: 'Never',
    volumeMounts: [{ name: 'disk', mountPath: '/disk' }],
  };
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const apart = { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: NAME, labels },
    spec: {
      serviceName: NAME,
      replicas: MACHINES,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [container],
          terminationGracePeriodSeconds: 1,
          affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] } },
        },
      },
      volumeClaimTemplates: [{ metadata: { name: 'disk', labels }, spec: claim }],
    },
  });
}

test('pods with disks run on every machine, and a crashed kubelet is noticed', {
  timeout: 240_000,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  if (cluster.kind !== 'built') return context.skip('only a built cluster has the image this needs');
  await cluster.kubectl(['create', 'namespace', NAME]);
  try {
    await cluster.kubectl(['-n', NAME, 'apply', '-f', '-'], workload());
    await until({
      what: 'a running pod on every machine',
      withinMs: PODS_MAX_MS,
      everyMs: 500,
      look: () =>
        cluster.kubectl([
          '-n',
          NAME,
          'get',
          'pods',
          '-o',
          'jsonpath={range .items[?(@.status.phase=="Running")]}{.spec.nodeName} {end}',
        ]),
      holds: (nodes) => cluster.machines.every((machine) => nodes.split(' ').includes(machine)),
    });
    const [machine = ''] = cluster.machines;
    await cluster.stopKubelet(machine);
    expect(await becomes(cluster, machine, 'Unknown')).toBe('Unknown');
    await cluster.startKubelet(machine);
    expect(await becomes(cluster, machine, 'True')).toBe('True');
  } finally {
    await cluster.kubectl(['delete', 'namespace', NAME]);
  }
});

function becomes(cluster: Cluster, machine: string, ready: string): Promise<string> {
  const path = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';
  return until({
    what: `${machine} to be ${ready}`,
    withinMs: NOTICED_MAX_MS,
    everyMs: 500,
    look: () => cluster.kubectl(['get', 'node', machine, '-o', path]),
    holds: (status) => status === ready,
  });
}
