// kubectl scale on real machines: new groups get their pods, join by an update that the operator signs, and make blocks, while
// those that are there go on untouched. It takes minutes, so all of it waits for REXNET_FULL=1.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from '../../../scripts/setup.mjs';
import { until } from '../../local/until.ts';
import { requireClusterWhenFull } from '../cluster.ts';
import { Namespace } from '../namespace.ts';
import { withOperator } from '../operator-here.ts';

const NAMESPACE = 'rexnet-scale-test';
const JOINED_MAX_MS = 90_000;
const SETTLED_MAX_MS = 60_000;
const TEST_MAX_MS = 480_000;
const MORE_BLOCKS = 3;

const TESTNET = `apiVersion: rexnet.dev/v1alpha1
kind: Testnet
metadata: {name: demo, namespace: ${NAMESPACE}}
spec:
  groups: 2
  bitcoin: {mode: None}
  load: {tpsPerGroup: 5, workload: Transfer}
  template: {resources: {cpu: 150m, memory: 320Mi}}
`;

const cluster = await requireClusterWhenFull({ machines: 3 });
const here = new Namespace(cluster, NAMESPACE);
const DEMO = 'testnet/demo';
const folder = mkdtempSync(join(tmpdir(), 'rexnet-scale-'));

async function rxctl(...args: readonly string[]): Promise<string> {
  if ('reason' in cluster) throw new Error(cluster.reason);
  const main = join(ROOT, 'rxctl', 'src', 'main.ts');
  const words = [main, '--kube', '--kubeconfig', cluster.kubeconfig, '-n', NAMESPACE, ...args];
  const env = { ...process.env, HOME: folder };
  return (await promisify(execFile)(process.execPath, words, { env, cwd: folder })).stdout;
}

/** Pods by name, each with what must not change while it runs. */
async function podsNow(): Promise<ReadonlyMap<string, string>> {
  const path = '{.metadata.name}={.metadata.uid} {.status.containerStatuses[*].restartCount}';
  const lines = await here.lines('pods', path, '-l', 'rexnet.dev/testnet=demo');
  return new Map(lines.map((line) => [line.split('=')[0]!, line.split('=')[1]!]));
}

/** By group; those without a status are left out. */
async function heightsNow(): Promise<ReadonlyMap<string, number>> {
  const lines = await here.lines('consensusgroups', '{.metadata.name}={.status.height}');
  const pairs = lines.map((line) => line.split('=')).filter(([, height]) => height !== '');
  return new Map(pairs.map(([name, height]) => [name!, Number(height)]));
}

withOperator(cluster, NAMESPACE);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('kubectl scale brings two more groups into a network that runs, and touches nothing of it', {
  timeout: TEST_MAX_MS,
}, async (context) => {
  if ('reason' in cluster) return context.skip(cluster.reason);
  await here.apply(TESTNET);
  await here.wait(DEMO, 'FirstBlock');
  await here.wait(DEMO, 'Ready');
  await here.wait(DEMO, 'LoadRunning');
  const before = await podsNow();
  expect(before.size).toBe(4);

  const heights = new Map(await heightsNow());
  const fallen: string[] = [];
  const watchHeights = async (): Promise<void> => {
    for (const [group, height] of await heightsNow()) {
      if (height < (heights.get(group) ?? 0)) fallen.push(`${group} from ${heights.get(group)} to ${height}`);
      heights.set(group, Math.max(height, heights.get(group) ?? 0));
    }
  };
  const startedAt = performance.now();
  await here.kubectl('scale', DEMO, '--replicas=4');
  await until({
    what: 'groups 2 and 3 to make blocks, and everybody to be well',
    withinMs: JOINED_MAX_MS,
    everyMs: 500,
    look: async () => {
      await watchHeights();
      return {
        heights: [...heights],
        epoch: await here.field(DEMO, '{.status.shardMapEpoch}'),
        ready: await here.condition(DEMO, 'Ready'),
      };
    },
    holds: ({ epoch, ready }) =>
      epoch === '1' &&
      ready.startsWith('True BlocksGrow') &&
      ['demo-g2', 'demo-g3'].every((group) => (heights.get(group) ?? 0) >= MORE_BLOCKS),
  });
  const joinedMs = performance.now() - startedAt;
  process.stderr.write(`scale: joined after ${(joinedMs / 1000).toFixed(1)} s, ${JSON.stringify([...heights])}\n`);

  expect(await here.condition(DEMO, 'Ready')).toContain(
    'groups 2, 3 have joined and own no partitions, because partitions cannot move yet',
  );
  expect(await here.condition(DEMO, 'Balanced')).toMatch(
    /^False GroupsWithoutPartitions: Groups 2, 3 own no partitions/,
  );
  expect(await here.field(DEMO, '{.status.groups} {.status.readyGroups} {.status.groupsText}')).toBe('4 4 4/4');
  await here.wait('consensusgroup/demo-g3', 'Ready');
  const notes = (await here.lines('events', '{.reason}: {.message}')).join('\n');
  expect(notes).toContain('GroupsJoining: Group 0 is told that groups 2 to 3 join as epoch 1');
  expect(notes).toContain('GroupsJoined: The shard map of epoch 1 names 4 groups; groups 2 to 3 own no partitions');
  const after = await podsNow();
  for (const [pod, identity] of before) expect(`${pod} ${after.get(pod)}`).toBe(`${pod} ${identity}`);
  expect([...after.keys()]).toEqual(expect.arrayContaining(['demo-g2-0', 'demo-g3-0']));
  const frame = JSON.parse(await rxctl('top', '--once', '-o', 'json')) as {
    readonly epoch: number;
    readonly groups: readonly { readonly group: number; readonly height: number }[];
  };
  expect([frame.epoch, frame.groups.map(({ group }) => group)]).toEqual([1, [0, 1, 2, 3]]);

  await here.kubectl('scale', DEMO, '--replicas=3');
  await until({
    what: 'the refusal to be told',
    withinMs: SETTLED_MAX_MS,
    everyMs: 500,
    look: () => here.condition(DEMO, 'Stalled'),
    holds: (stalled) => stalled.startsWith('True GroupsStay: Group 3 owns nothing, but the shard map names it'),
  });
  await rxctl('scale', '--groups', '4');
  await here.wait(DEMO, 'Stalled=False');
  await here.wait(DEMO, 'Ready');
  expect((await podsNow()).get('demo-g3-0')).toBe(after.get('demo-g3-0'));
  await watchHeights();
  expect(fallen).toEqual([]);
  expect(await rxctl('audit')).toContain('clean');
});
