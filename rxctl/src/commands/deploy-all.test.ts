// What the Job of a Testnet's contracts runs: against a network in memory, with the files it would have mounted.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CliError, EXIT } from '../exit.ts';
import type { BlockReport } from '../network.ts';
import { FakeNetwork } from '../testing/fake-network.ts';
import { type Ran, TestFolder } from '../testing/verb-runner.ts';

const SOURCE = `contract Shop {
  @address uint64 n;
  @address function put(uint64 v) export { n = v; }
}
`;

/** For a group that answers and never gets a block. */
const NEVER = Number.POSITIVE_INFINITY;

/** Groups get their first block when they have been asked so often; before the last time nobody answers. */
class YoungNetwork extends FakeNetwork {
  readonly #patience: Map<number, number>;

  constructor(...asked: readonly number[]) {
    super();
    this.#patience = new Map(asked.entries());
  }

  override async block(group: number, which: 'tip' | number | string): Promise<BlockReport | undefined> {
    const left = this.#patience.get(group) ?? 0;
    this.#patience.set(group, left - 1);
    if (left > 1 && left !== NEVER) throw new CliError(EXIT.notReachable, 'the network does not answer');
    const block = await super.block(group, which);
    return block === undefined || left <= 0 ? block : { ...block, height: 0 };
  }
}

let folder: TestFolder;
let network: YoungNetwork;

function begin(...asked: readonly number[]): void {
  network = new YoungNetwork(...asked);
  folder = new TestFolder(network);
  const nodesOf = (group: number): unknown => [{ node: `g${group}-n0`, grpc: `h${group}:1`, peer: `h${group}:2` }];
  writeFileSync(folder.folders.peers, JSON.stringify({ groups: { 0: nodesOf(0), 1: nodesOf(1) } }));
  writeFileSync(join(folder.cwd, '0.prd'), SOURCE);
  write([{ name: 'token' }, { name: 'shop', file: '0.prd' }]);
}

function write(rows: unknown): void {
  writeFileSync(join(folder.cwd, 'contracts.json'), JSON.stringify(rows));
}

function deployAll(...more: readonly string[]): Promise<Ran> {
  const { genesis, peers } = folder.folders;
  return folder.run(['deploy-all', '--contracts', 'contracts.json', '--genesis', genesis, '--peers', peers, ...more]);
}

beforeEach(() => begin());
afterEach(() => folder.remove());

test('contracts are deployed in their order by the dev key that owns them, and told one by one', async () => {
  const { code, out, err } = await deployAll('-o', 'json');
  expect(code).toBe(EXIT.ok);
  expect(JSON.parse(out)).toEqual([
    { name: 'token', state: 'Deployed', detail: null },
    { name: 'shop', state: 'Deployed', detail: null },
  ]);
  expect(err).toContain('1 of 2: token Deployed\n2 of 2: shop Deployed\n');
  expect(network.sent.map(({ action, from }) => [action.kind === 'deploy' && action.dapp, from])).toEqual([
    ['token', 'alice'],
    ['shop', 'alice'],
  ]);
});

test('what is on the chain already is recognised: a second run sends nothing', async () => {
  await deployAll();
  const before = network.sent.length;
  expect((await deployAll()).code).toBe(EXIT.ok);
  expect(network.sent).toHaveLength(before);
});

test('one that another attempt deployed meanwhile counts as deployed', async () => {
  network.outcome = { state: 'Failed', failure: { id: 'ab', outcome: 'NAME_TAKEN' } };
  expect((await deployAll()).code).toBe(EXIT.ok);
});

test('nothing is sent before every group has a block', async () => {
  folder.remove();
  begin(1, 3);
  const { code } = await deployAll();
  expect(code).toBe(EXIT.ok);
  expect(network.sent).toHaveLength(2);
});

test('no first block in time: exit code 3, or 7 when nobody answers', async () => {
  folder.remove();
  begin(NEVER, NEVER);
  const silent = new YoungNetwork(99, 99);
  const late = await deployAll('--timeout', '1ms');
  expect(late.code).toBe(EXIT.timeout);
  expect(late.err).toContain('no first block of group 0, group 1 in time');
  expect(network.sent).toHaveLength(0);
  folder.remove();
  folder = new TestFolder(silent);
  writeFileSync(folder.folders.peers, JSON.stringify({ groups: { 0: [], 1: [] } }));
  write([]);
  expect((await deployAll('--timeout', '1ms')).code).toBe(EXIT.notReachable);
});

test('the first that cannot be deployed stops those after it, and says why with its line', async () => {
  writeFileSync(join(folder.cwd, '0.prd'), 'contract Shop {\n  nonsense\n}\n');
  write([{ name: 'shop', file: '0.prd' }, { name: 'token' }]);
  const { code, out, err } = await deployAll('--failure', 'failure.txt');
  expect(code).toBe(EXIT.error);
  expect(readFileSync(join(folder.cwd, 'failure.txt'), 'utf8')).toMatch(/^shop: .*shop\.prd:/s);
  expect(err).toContain('shop.prd:');
  expect(out).toMatch(/^token +Waiting/m);
  expect(network.sent).toHaveLength(0);
});

test.each<[unknown, string]>([
  [{ name: 'token' }, 'contracts.json is no list'],
  [[{}], 'contracts.json has no name in row 0'],
  [[{ name: 'token' }, { name: 'token' }], 'contracts.json names token twice'],
  [[{ name: 'shop', file: 'gone.prd' }], 'gone.prd, the source of shop, cannot be read'],
])('%j is refused before anything is asked', async (rows, words) => {
  write(rows);
  const { code, err } = await deployAll();
  expect(code).toBe(EXIT.usage);
  expect(err).toContain(words);
});
