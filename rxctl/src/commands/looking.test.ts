// status, tree, nodes, events, why and wait over looks that a test makes up: what they print and how they end.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Snapshot } from '../sources/source.ts';
import { FakeNetwork } from '../testing/fake-network.ts';
import { AT_MS, aDeadNode, aNode, aSnapshot, FakeSource } from '../testing/small-snapshot.ts';
import { type Ran, TestFolder } from '../testing/verb-runner.ts';

let folder: TestFolder;
beforeAll(() => {
  folder = new TestFolder(new FakeNetwork());
});
afterAll(() => folder.remove());

const LOAD = {
  isRunning: true,
  workload: 'Token',
  offeredTps: 200,
  tps: 199.4,
  offered: 12_000,
  completed: 11_900,
  failed: 0,
  crossGroupShare: 0.5,
  p50Ms: 2_100,
  p95Ms: 3_400,
  p99Ms: 4_000,
};
const WELL = aSnapshot({
  snapshot: {
    load: LOAD,
    events: [
      {
        atMs: AT_MS - 50_000,
        object: 'demo',
        type: 'Normal',
        reason: 'Started',
        message: 'rxctl up looks after 2 groups.',
      },
      {
        atMs: AT_MS - 20_000,
        object: 'g1-n0',
        type: 'Warning',
        reason: 'Restarted',
        message: 'Runs again as process 77.',
      },
    ],
  },
});
const SICK = aSnapshot({
  nodes: [aDeadNode('g1-n0', { restarts: 2 })],
  snapshot: { load: LOAD, isLookedAfter: false },
});

function run(args: readonly string[], ...looks: readonly Snapshot[]): Promise<Ran> {
  return folder.run(args, { source: new FakeSource(...looks) });
}

test.each([
  ['status', ['status'], 0, 4],
  ['status-wide', ['status', '-o', 'wide'], 0, 4],
  ['tree', ['tree'], 0, 0],
  ['nodes-wide', ['nodes', '-o', 'wide'], 0, 4],
  ['events', ['events'], 0, 0],
  ['why', ['why'], 0, 4],
] as const)('%s prints what its golden text says', async (name, args, whenWell, whenSick) => {
  const well = await run(args, WELL);
  const sick = await run(args, SICK);
  expect([well.code, sick.code, well.err, sick.err]).toEqual([whenWell, whenSick, '', '']);
  await expect(`${well.out}\n---- a node is gone and nobody looks after it\n${sick.out}`).toMatchFileSnapshot(
    `../testdata/${name}.txt`,
  );
});

test.each([
  [['status'], 'testnet/demo\n'],
  [['nodes'], 'node/g0-n0\nnode/g1-n0\n'],
  [['tree'], 'testnet/demo\nconsensusgroup/demo-g0\nnode/g0-n0\nconsensusgroup/demo-g1\nnode/g1-n0\n'],
  [['events'], 'demo/Started\ng1-n0/Restarted\n'],
  [['why'], 'demo\n'],
  [['wait', 'Ready'], 'Ready\n'],
] as const)('%j -o name', async (args, out) => {
  expect((await run([...args, '-o', 'name'], WELL)).out).toBe(out);
});

test('every figure of the text is in the JSON', async () => {
  const status = JSON.parse((await run(['status', '-o', 'json'], WELL)).out);
  expect(status).toMatchObject({
    network: 'demo',
    supervisor: null,
    phase: 'Healthy',
    groupsText: '2/2',
    observed: {
      groups: [{ height: 42 }, {}],
      nodes: [{ name: 'g0-n0' }, {}],
      parent: { onChain: 29 },
      load: { tps: 199.4 },
    },
  });
  expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
  expect(JSON.parse((await run(['why', '-o', 'json'], SICK)).out)).toMatchObject({
    isWell: false,
    condition: { type: 'Ready', reason: 'NodesNotRunning' },
    chain: [{ object: 'Ready' }, { object: 'g1-n0' }, { object: 'rxctl up' }],
    cure: 'look after it again: rxctl up',
  });
  expect(JSON.parse((await run(['tree', '-o', 'json'], WELL)).out)).toMatchObject({
    kind: 'Testnet',
    children: [{ kind: 'ConsensusGroup', children: [{ kind: 'Node', name: 'g0-n0' }] }, {}],
  });
});

test('why hears the log of a node that is gone', async () => {
  const source = new FakeSource(aSnapshot({ nodes: [aDeadNode('g1-n0')] }));
  source.logs.set('g1-n0', ['{"level":"error","msg":"no space left on device"}']);
  const { out } = await folder.run(['why'], { source });
  expect(out).toContain('← log of g1-n0 no space left on device\ncure: the disk is full');
  expect(source.isClosed).toBe(true);
});

test('events that come are shown once, until somebody stops it', async () => {
  const fresh = { ...WELL, events: [...WELL.events, { ...WELL.events[0]!, reason: 'Balanced' }] };
  const stop = new AbortController();
  const source = new FakeSource(WELL, fresh);
  source.onLook = (count) => {
    if (count === 3) stop.abort();
  };
  const { code, out } = await folder.run(['events', '-f', '-o', 'json'], { source, signal: stop.signal });
  expect(code).toBe(0);
  const reasons = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).reason);
  expect(reasons).toEqual(['Started', 'Restarted', 'Balanced']);
});

test('status that is watched ends with Ctrl-C', async () => {
  const stop = new AbortController();
  const source = new FakeSource(WELL);
  source.onLook = () => stop.abort();
  expect(await folder.run(['status', '--watch'], { source, signal: stop.signal })).toMatchObject({
    code: 0,
    out: expect.stringContaining('demo  Healthy'),
  });
});

test('wait returns when it is so far', async () => {
  const young = aSnapshot({ nodes: [aNode('g1-n0', { height: 0 })], isYoung: true });
  expect(await run(['wait', 'firstblock'], young, WELL)).toEqual({
    code: 0,
    out: 'FirstBlock is True: Every group had its first block 3.4s after the start.\n',
    err: '',
  });
  expect(await run(['wait', 'height=42', '-o', 'json'], WELL)).toMatchObject({
    code: 0,
    out: expect.stringContaining('"condition":"height=42","met":true'),
  });
});

test.each<[readonly string[], Snapshot, number, string]>([
  [
    ['wait', 'Ready', '--timeout', '100ms'],
    SICK,
    3,
    ' is not met after %: Ready is False: g1-n0 is not running; rxctl logs g1-n0 says why. ← g1-n0 is not running, after 2 restarts ← rxctl up does not run, so what ends stays down\n  cure: look after it again: rxctl up\n',
  ],
  [
    ['wait', 'height=100', '--timeout', '100ms'],
    WELL,
    3,
    ' is not met after %: group 0 is at height 42\n  cure: wait longer: --timeout 10m; rxctl why says what is missing\n',
  ],
  [['wait', 'Redy'], WELL, 2, 'there is no condition Redy\n  cure: did you mean Ready?\n'],
  [['wait', 'Ready=maybe'], WELL, 2, 'maybe is no state of a condition\n  cure: write True, False, Unknown\n'],
  [['wait', 'height=high'], WELL, 2, 'height=high names no height\n  cure: write height=100\n'],
  [['why', 'g1n0'], WELL, 2, 'there is no g1n0 in demo\n  cure: did you mean g1-n0?\n'],
])('%j ends with its reason', async (args, look, code, words) => {
  const ran = await run(args, look);
  expect(ran.err.replace(/[0-9.]+ m?s(?=:)/, '%')).toContain(words);
  expect(ran.code).toBe(code);
});
