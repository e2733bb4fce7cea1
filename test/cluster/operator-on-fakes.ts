// The operator for pods that only pretend to run: every node it asks answers at once, and every chain grows. Arguments: a kubeconfig.
import { createLog } from '@rexnet/node/telemetry/log.ts';
import type { NodeAnswer } from '@rexnet/operator/ask/answer.ts';
import { loadAccess } from '@rexnet/operator/kube/access.ts';
import { systemClock } from '@rexnet/operator/kube/clock.ts';
import { runOperator } from '@rexnet/operator/operator.ts';

const [kubeconfig = '', groupsText = '1'] = process.argv.slice(2);
const GROUPS = Number(groupsText);
const PARTITIONS = 256;
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

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
    owners,
    bitcoinHeight: 0,
    networkId: '00000000',
    groups: Array.from({ length: GROUPS }, (_, group) => ({ group, height, timestampMs: now })),
  };
}

const clock = systemClock;
await runOperator(
  {
    access: await loadAccess({ kubeconfig }, () => clock.now()),
    namespaces: [],
    images: { image: 'rexnet.dev/fake:1', bitcoindImage: '', imagePullPolicy: 'IfNotPresent' },
    instance: 'fakes',
    source: { ask: async () => answer(), close: () => {} },
    clock,
    random: Math.random,
    log: createLog({ level: 'warn', base: { program: 'operator-on-fakes' } }),
  },
  stop.signal,
);
process.exit(0);
