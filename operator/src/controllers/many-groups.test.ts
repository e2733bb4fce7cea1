// What the operator asks of the server for many groups: every object is written once, statuses seldom, and nothing when nothing changes.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LargeCluster, largeCluster } from './testing/large-cluster.ts';

const GROUPS = 10;
const NODES_PER_GROUP = 2;
const READY_WITHIN_MS = 30_000;
const SETTLE_MS = 500;
const CHANGES = 10;
/** Longer than what is one burst. */
const APART_MS = 120;
/** The same of what concerns a Testnet. */
const BURST_MS = 310;
/** Waiting, placed, in sync, and one for counts that moved in between. */
const STATUSES_PER_GROUP = 4;
const STATUSES_OF_TESTNET = 20;

let cluster: LargeCluster;

beforeAll(async () => {
  cluster = await largeCluster({ groups: GROUPS, nodesPerGroup: NODES_PER_GROUP });
  await cluster.time.until('the Testnet to be Ready', () => cluster.isReady(), READY_WITHIN_MS);
});

afterAll(() => cluster.end());

test('every object is applied once, and no pass fails', () => {
  const written = [...cluster.written()];
  const objects = written.filter(([path]) => !path.endsWith('/status') && !path.endsWith('/events'));
  expect(objects.filter(([, count]) => count > 1)).toEqual([]);
  for (const plural of ['consensusgroups', 'statefulsets', 'poddisruptionbudgets'])
    expect(objects.filter(([path]) => path.includes(`/${plural}/`)).length, plural).toBe(GROUPS);
  for (const [path, count] of written.filter(([at]) => at.endsWith('/status')))
    expect(count, path).toBeLessThanOrEqual(path.includes('/testnets/') ? STATUSES_OF_TESTNET : STATUSES_PER_GROUP);
  expect(cluster.passes.filter(({ error }) => error !== undefined)).toEqual([]);
});

test('Services come before the pods that would keep the server busy', () => {
  const paths = cluster.api.asked.filter(({ method }) => method === 'PATCH').map(({ path }) => path);
  const first = paths.findIndex((path) => path.includes('/statefulsets/'));
  const before = paths.slice(0, first).filter((path) => path.includes('/services/')).length;
  expect(before).toBeGreaterThan(GROUPS / 2);
});

test('figures of the Testnet are no reason to look at its groups', async () => {
  await cluster.time.advance(SETTLE_MS);
  cluster.passes.length = 0;
  cluster.written();
  for (let minHeight = 0; minHeight < CHANGES; minHeight++) {
    cluster.showFigures({ minHeight });
    await cluster.time.advance(APART_MS);
  }
  const groupPasses = cluster.passes.filter(({ controller }) => controller === 'consensusgroup').length;
  expect(groupPasses).toBe(0);
  const written = [...cluster.written()].filter(([path]) => !path.endsWith('/status') && !path.endsWith('/events'));
  expect(written).toEqual([]);
});

test('figures of a group are no reason to look at the Testnet', async () => {
  cluster.passes.length = 0;
  for (let height = 0; height < CHANGES; height++) {
    cluster.showGroupFigures(height % GROUPS, { height: 1_000 + height });
    await cluster.time.advance(BURST_MS);
  }
  const testnetPasses = cluster.passes.filter(({ controller }) => controller === 'testnet').length;
  // Once in five seconds it is written what its nodes say.
  expect(testnetPasses).toBeLessThanOrEqual(1);
});
