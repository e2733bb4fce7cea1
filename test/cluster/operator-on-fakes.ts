// The operator for pods that only pretend to run: every node it asks answers at once, and every chain grows. It finds the cluster as a pod
// does, by KUBERNETES_SERVICE_HOST and a folder with token, ca.crt and namespace. Arguments: that folder, and how many groups there are.
import { beginLifetime } from '@rexnet/node/lifetime.ts';
import { createLog } from '@rexnet/node/telemetry/log.ts';
import type { NodeAnswer } from '@rexnet/operator/ask/answer.ts';
import { GrpcSource } from '@rexnet/operator/ask/grpc-source.ts';
import { systemClock } from '@rexnet/operator/kube/clock.ts';
import { inClusterAccess } from '@rexnet/operator/kube/in-cluster.ts';
import { runOperator } from '@rexnet/operator/operator.ts';

const [folder = '', groupsText = '1'] = process.argv.slice(2);
const GROUPS = Number(groupsText);
const PARTITIONS = 256;

const owners = Array.from({ length: PARTITIONS }, (_, partition) => Math.floor((partition * GROUPS) / PARTITIONS));
const startedAtMs = Date.now();

function answer(): NodeAnswer {
  const now = Date.now();
  const height = 1 + Math.floor((now - startedAtMs) / 1_000);
  return {
    group: 0,
    height,
    tipTimestampMs: now,
    inSync: true,
    epoch: 0,
    owners: [...owners],
    bitcoinHeight: 0,
    networkId: '00000000',
    groups: Array.from({ length: GROUPS }, (_, group) => ({ group, height, timestampMs: now })),
  };
}

const clock = systemClock;
const world = beginLifetime();
const access = await inClusterAccess({ environment: process.env, now: () => clock.now(), folder });
if (access === undefined) throw new Error('KUBERNETES_SERVICE_HOST is not set');
// What asks nodes is loaded as in the real program, for its memory; nobody is asked.
const unused = new GrpcSource(clock);
await runOperator(
  {
    access,
    namespaces: [],
    images: { image: 'rexnet.dev/fake:1', bitcoindImage: '', imagePullPolicy: 'IfNotPresent' },
    instance: 'fakes',
    metrics: { host: '127.0.0.1', port: 0 },
    source: { ask: async () => answer(), close: () => unused.close() },
    clock,
    random: Math.random,
    log: createLog({ level: 'info', base: { program: 'operator-on-fakes' } }),
  },
  world.signal,
);
process.exit(0);
