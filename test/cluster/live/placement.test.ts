// Where the nodes of a Testnet come to lie on three machines, and a Testnet whose time is over. It takes minutes, so all of it waits for
// REXNET_FULL=1.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import { printEvidence } from '../evidence.ts';
import { Namespace } from '../namespace.ts';
import { installOperator, removeOperator, SETUP_MAX_MS } from '../operator-here.ts';

const MACHINES = 3;
const NAMESPACE = 'rexnet-placement-test';
const PLACED_MAX_MS = 90_000;
const GONE_MAX_MS = 60_000;
const TTL_MS = 60_000;
/** After its time. */
const ENDED_MAX_MS = 15_000;
const TEST_MAX_MS = 240_000;

const testnet = (
  name: string,
  groups: number,
  nodesPerGroup: number,
  more = '',
): string => `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: ${name}, namespace: ${NAMESPACE}}
spec:
  groups: ${groups}
  nodesPerGroup: ${nodesPerGroup}
  bitcoin: {mode: None}
  template: {resources: {cpu: 50m, memory: 256Mi}}
${more}`;

const cluster = await requireClusterWhenFull({ machines: MACHINES });
const here = new Namespace(cluster, NAMESPACE);

type Placed = { readonly group: string; readonly machine: string };

/** Of all nodes that have a machine. */
async function placed(name: string): Promise<readonly Placed[]> {
  const columns = '{.metadata.labels.rexnet\\.dev/group} {.spec.nodeName}';
  const labels = `rexnet.dev/testnet=${name},rexnet.dev/component=node`;
  const lines = await here.lines('pods', columns, '-l', labels);
  return lines.flatMap((line) => {
    const [group = '', machine = ''] = line.split(' ');
    return machine === '' ? [] : [{ group, machine }];
  });
}

beforeAll(async () => {
  if ('reason' in cluster) return;
  await installOperator(cluster, NAMESPACE);
  await here.apply(testnet('brief', 1, 1, `  ttl: ${TTL_MS / 1_000}s\n`));
}, SETUP_MAX_MS);

afterAll(async () => {
  if ('reason' in cluster) return;
  await removeOperator(cluster, NAMESPACE);
}, SETUP_MAX_MS);

test.for([
  [6, 1],
  [4, 2],
  [4, 3],
] as const)(
  '%i groups of %i: even over machines, nodes of a group apart',
  { timeout: TEST_MAX_MS },
  async ([groups, nodes], context) => {
    if ('reason' in cluster) return context.skip(cluster.reason);
    context.onTestFailed(() => printEvidence(cluster, NAMESPACE));
    const name = `spread-${groups}x${nodes}`;
    await here.apply(testnet(name, groups, nodes));
    const pods = await until({
      what: `a machine for ${groups * nodes} nodes`,
      withinMs: PLACED_MAX_MS,
      everyMs: 500,
      look: () => placed(name),
      holds: (found) => found.length === groups * nodes,
    });
    const counts = cluster.machines.map((machine) => pods.filter((pod) => pod.machine === machine).length);
    console.log(`placement: ${groups} x ${nodes}: ${counts.join('/')}`);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const apart = Array.from({ length: groups }, (_, group) => {
      const machines = pods.filter((pod) => pod.group === String(group)).map(({ machine }) => machine);
      return new Set(machines).size;
    });
    expect(apart).toEqual(Array.from({ length: groups }, () => Math.min(nodes, cluster.machines.length)));
    await here.kubectl('delete', 'testnet', name);
    await until({
      what: `${name} to be gone`,
      withinMs: GONE_MAX_MS,
      everyMs: 500,
      look: () => here.allOf(name),
      holds: (names) => names.length === 0,
    });
  },
);

test('a Testnet whose time is over is gone with all that belongs to it', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  context.onTestFailed(() => printEvidence(cluster, NAMESPACE));
  const look = () => here.kubectl('get', 'testnet', 'brief', '--ignore-not-found', '-o', 'name');
  await until({
    what: 'the end of its time',
    withinMs: TTL_MS + ENDED_MAX_MS,
    everyMs: 500,
    look,
    holds: (name) => name === '',
  });
  await until({
    what: 'all of it to be gone',
    withinMs: GONE_MAX_MS,
    everyMs: 500,
    look: () => here.allOf('brief'),
    holds: (names) => names.length === 0,
  });
  expect(await here.kubectl('get', 'events', '-o', 'jsonpath={.items[*].reason}')).toContain('Expired');
});
