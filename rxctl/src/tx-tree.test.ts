import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Invocation, TransactionReport } from './network.ts';
import { PLAIN } from './style.ts';
import { FakeNetwork } from './testing/fake-network.ts';
import { TestFolder } from './testing/verb-runner.ts';
import { drawTransaction } from './tx-tree.ts';

const AT_MS = Date.parse('2026-11-21T12:00:00Z');
const [ROOT, LEFT, RIGHT, LEAF] = ['aa', 'bb', 'cc', 'dd'].map((byte) => byte.repeat(32)) as [
  string,
  string,
  string,
  string,
];

function ran(id: string, change: Partial<Invocation>): Invocation {
  const plain = {
    id,
    group: 0,
    height: 10,
    contract: 0n,
    op: 0,
    status: 0,
    outcome: 'Success',
    gas: 8_000n,
    children: 0,
  };
  return { ...plain, timestampMs: AT_MS, ...change };
}
const root = ran(ROOT, { contract: 1n, op: 2, gas: 20_000n, children: 2 });
const left = ran(LEFT, {
  parent: ROOT,
  contract: 1n,
  op: 3,
  group: 1,
  height: 12,
  children: 1,
  timestampMs: AT_MS + 2_100,
});
const right = ran(RIGHT, {
  parent: ROOT,
  group: 2,
  height: 13,
  status: 4,
  outcome: 'RunOutOfGas',
  timestampMs: AT_MS + 3_000,
});
const leaf = ran(LEAF, { parent: LEFT, group: 0, height: 15, timestampMs: AT_MS + 5_200 });

function report(state: TransactionReport['state'], invocations: readonly Invocation[], more = {}): TransactionReport {
  const total = 1 + invocations.reduce((sum, { children }) => sum + children, 0);
  return { id: ROOT, state, group: 0, height: 10, done: invocations.length, total, invocations, ...more };
}
const STEPS = [
  report('Pending', []),
  report('Included', [root]),
  report('Running', [root, left], { waiting: 'group 2 has been silent for 48 s' }),
  report('Executed', [root, left, right, leaf]),
  report('CompletedWithFailures', [root, left, right, leaf], { failure: { id: RIGHT, outcome: 'RunOutOfGas' } }),
];
const nameOf = ({ contract, op }: Invocation): string => (contract === 0n ? 'credit' : `token.Token op ${op}`);

test('a tree is drawn as it grows', async () => {
  const drawn = STEPS.map((step) => drawTransaction(step, { nameOf, paint: PLAIN, rowsMax: 20 }));
  await expect(`${drawn.join('\n\n')}\n`).toMatchFileSnapshot('./testdata/tx-tree.txt');
});

test('a broadcast is cut to the rows there are', () => {
  const copies = Array.from({ length: 256 }, (_, copy) => ran(`${copy}`, { parent: ROOT, group: copy % 4 }));
  const whole = report('Executed', [{ ...root, children: 256 }, ...copies]);
  const rows = drawTransaction(whole, { nameOf, paint: PLAIN, rowsMax: 10 }).split('\n');
  expect(rows).toHaveLength(12);
  expect(rows.at(-1)).toBe('… and 247 more');
});

const network = new FakeNetwork();
let folder: TestFolder;
beforeAll(() => {
  folder = new TestFolder(network);
});
afterAll(() => folder.remove());

test('who follows without a terminal gets a line for each step, and the tree', async () => {
  network.reports = [STEPS[2]!, STEPS[4]!];
  const { code, out } = await folder.run(['tx', ROOT, '--follow']);
  expect(code).toBe(1);
  const end = drawTransaction(STEPS.at(-1)!, { nameOf: () => '', paint: PLAIN, rowsMax: 20 }).split('\n');
  expect(out.split('\n')).toHaveLength(4 + 1 + end.length + 1);
  expect(out).toMatch(
    /^✔ contract 1 op 2 {2}group 0, block 10, 20000 gas\n✔ contract 1 op 3 {2}group 1, .*2\.1 s later\nWaiting: group 2 /,
  );
  expect(out).toContain('failed first: cccccccccccc RunOutOfGas');
});

test('on a terminal the tree is drawn over itself', async () => {
  network.reports = [STEPS[0]!, STEPS[1]!, STEPS[4]!];
  const { out } = await folder.run(['tx', ROOT, '--follow', '--no-color'], { isTerminal: true });
  expect(out).toContain('\x1b[2A\r\x1b[J');
  expect(out).toContain('├─ ✔ contract 1 op 3  group 1, block 12');
  expect(out).toContain('│  └─ ✔ credit  group 0, block 15, 8000 gas, 3.1 s later');
});

test('for a program each change is one JSON object', async () => {
  network.reports = [STEPS[0]!, STEPS[4]!];
  const { out } = await folder.run(['tx', ROOT, '--follow', '-o', 'json']);
  const states = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).state);
  expect(states).toEqual(['Pending', 'CompletedWithFailures']);
});

test('a transaction that does not end in time is a timeout, with how to go on', async () => {
  network.reports = [STEPS[2]!];
  expect(await folder.run(['tx', ROOT, '--follow', '--timeout', '100ms'])).toMatchObject({
    code: 3,
    err: expect.stringContaining(`cure: go on: rxctl tx ${ROOT} --follow`),
  });
});
