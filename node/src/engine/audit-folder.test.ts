// An audit of data folders made by the chain's own code: clean as they are, and every change of a copy named.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeArgs, findFunction } from '@rexnet/preda/index.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contractOfCell, entriesOf } from '../chain/cell-entries.ts';
import { deepReportText } from '../chain/deep-report.ts';
import { opOf, shipped, type User, World } from '../chain/testing/world.ts';
import { formatAddress } from '../core/address.ts';
import { toHex } from '../core/bytes.ts';
import { sha256 } from '../core/hash.ts';
import { BLOCK_DIFF } from '../core/layouts.ts';
import { auditFolder } from './audit-folder.ts';
import { enrichStoredDiff } from './testing/change-folder.ts';
import { changeBlock, dropBody, enrich, openStore, storeWorld } from './testing/stored-world.ts';

const GROUP = 1;
const ROUNDS = 6;
let root = '';
let world: World;
let clean = '';
let copies = 0;
const snapshots = new Map<number, Uint8Array>();

/** Everybody pays his neighbour in every round, and a token is deployed and airdropped. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'rexnet-audit-test-'));
  world = new World({ groups: 2, bare: true, chain: { confirmations: 0 } });
  const owner = world.users[0]!;
  const token = shipped('token');
  const args = (fn: string, values: Parameters<typeof encodeArgs>[2]) =>
    encodeArgs(token.abi, findFunction(token.abi, fn)!, values);
  const round = (of: (user: User) => Uint8Array | undefined): void => {
    for (const { builder, blocks } of world.lines) {
      const group = world.lines.findIndex((line) => line.builder === builder);
      const transactions = world.users.filter((user) => user.group === group).flatMap((user) => of(user) ?? []);
      world.mine(group, { transactions });
      if (group === GROUP && blocks.length % 8 === 0) snapshots.set(blocks.length, builder.snapshot());
    }
  };
  const init = args('on_deploy', ['T', '1000000', toHex(owner.address)]);
  round((user) => (user === owner ? world.deploy(owner, 'Cash', token.source, init) : undefined));
  world.settle();
  const airdrop = args('airdrop', [world.users.slice(1).map((user) => toHex(user.address)), '1000']);
  round((user) =>
    user === owner
      ? world.transaction(owner, { contract: 1n, op: opOf(token.abi, 'airdrop'), args: airdrop, gasLimit: 1_000_000n })
      : undefined,
  );
  for (let i = 0; i < ROUNDS; i++) {
    round((user) => {
      const next = world.users[(world.users.indexOf(user) + 1 + i) % world.users.length]!;
      return world.transfer(user, next.address, 77n);
    });
  }
  while (world.lines[GROUP]!.blocks.length < 17) round(() => undefined);
  clean = join(root, 'clean');
  await storeWorld(world, GROUP, clean, snapshots);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the folder of a group that joined is as clean as the others', async () => {
  const grown = new World({ groups: 2, bare: true, chain: { confirmations: 0 } });
  for (const group of [0, 1]) grown.mine(group);
  grown.adopt();
  for (let round = 0; round < 3; round++) for (const group of [0, 1, 2]) grown.mine(group);
  for (const group of [0, 1, 2]) {
    const dataDir = join(root, `grown${group}`);
    await storeWorld(grown, group, dataDir);
    const report = await auditFolder({ network: grown.network, dataDir });
    expect(report, deepReportText(report)).toMatchObject({ group, findings: [] });
  }
});

function copy(): string {
  const dir = join(root, `copy${copies++}`);
  cpSync(clean, dir, { recursive: true });
  return dir;
}

const audit = (dataDir: string, more: { fromSnapshot?: boolean; copy?: boolean } = {}) =>
  auditFolder({ network: world.network, dataDir, ...more });

test('a folder as a node leaves it is clean, and is not written to', async () => {
  const before = printOf(clean);
  const report = await audit(clean);
  expect(report.findings).toEqual([]);
  const { length } = world.lines[GROUP]!.blocks;
  expect(report).toMatchObject({ clean: true, group: GROUP, from: 0, blocks: length, carried: 0 });
  expect(report.storedMsat).toBe(report.heldMsat);
  expect(report.recountedMsat).toBe(report.heldMsat);
  expect(report.cut.at(-1)).toMatchObject({ height: length });
  expect(deepReportText(report)).toMatch(/^group 1 of network [0-9a-f]{8}: .*\nclean$/s);
  const short = await audit(clean, { fromSnapshot: true });
  expect(short).toMatchObject({ clean: true, from: 16, blocks: length - 16 });
  expect(short.heldMsat).toBe(report.heldMsat);
  expect(printOf(clean)).toEqual(before);
});

test('of four groups one reads many blocks at once, in the computed order', async () => {
  const four = new World({ groups: 4, bare: true, chain: { confirmations: 0 } });
  const mine = (group: number): ReturnType<World['mine']> => {
    const payers = four.users.filter((user) => user.group === group);
    const next = (user: User) => four.users[(four.users.indexOf(user) + 1) % four.users.length]!;
    return four.mine(group, { transactions: payers.map((user) => four.transfer(user, next(user).address, 77n)) });
  };
  for (let i = 0; i < ROUNDS; i++) for (const group of [0, 1, 2]) mine(group);
  const groups = mine(3).sources.map(({ group }) => group);
  expect(groups).toHaveLength(3 * ROUNDS);
  expect(groups).not.toEqual(groups.toSorted());
  const dirs = four.lines.map((_, group) => join(root, `four${group}`));
  for (const [group, dataDir] of dirs.entries()) {
    await storeWorld(four, group, dataDir);
    const report = await auditFolder({ network: four.network, dataDir });
    expect(report).toMatchObject({ clean: true, group, findings: [], blocks: four.lines[group]!.blocks.length });
  }
});

test('1 msat more in a stored diff: the account, the block and both values', async () => {
  const dir = copy();
  const user = world.users.find(({ group }) => group === GROUP)!;
  const height = world.lines[GROUP]!.blocks.findLast(({ body }) => body.transactions.length > 0)!.header.height;
  await changeBlock(world, GROUP, dir, height, ({ outcome, ...rest }) => ({
    ...rest,
    outcome: { ...outcome, diff: enrich('diff', outcome.diff, user.address, 1n) },
  }));
  const report = await audit(dir);
  expect(report.clean).toBe(false);
  const cells = report.findings.filter(({ record }) => record === 'diff');
  expect(cells).toHaveLength(1);
  expect(cells[0]).toMatchObject({ height, cell: `account ${formatAddress(user.address)}` });
  const [, stored] = /^(\d+) msat \(\d+\.\d{8} rxBTC\) and nonce \d+$/.exec(cells[0]!.stored!)!;
  const [, right] = /^(\d+) msat /.exec(cells[0]!.right!)!;
  expect(BigInt(stored!) - BigInt(right!)).toBe(1n);
});

test('1 msat in the newest diff of any folder', async () => {
  const dir = copy();
  const { height, account, storedMsat, rightMsat } = await enrichStoredDiff(dir);
  const { findings } = await audit(dir);
  const cell = findings.find(({ record }) => record === 'diff')!;
  expect(cell).toMatchObject({ height, cell: `account ${account}` });
  expect([cell.stored, cell.right]).toEqual([
    expect.stringMatching(new RegExp(`^${storedMsat} msat`)),
    expect.stringMatching(new RegExp(`^${rightMsat} msat`)),
  ]);
});

test('1 msat more in a stored snapshot: the account, the block and both values', async () => {
  const dir = copy();
  const user = world.users.find(({ group }) => group === GROUP)!;
  const store = openStore(world, GROUP, dir);
  const newest = store.snapshots()[0]!;
  store.commit(() => store.putSnapshot({ ...newest, bytes: enrich('snapshot', newest.bytes, user.address, 1n) }));
  await store.close();
  const report = await audit(dir);
  const cells = report.findings.filter(({ record }) => record === 'snapshot');
  expect(cells).toHaveLength(1);
  expect(cells[0]).toMatchObject({ height: newest.height, cell: `account ${formatAddress(user.address)}` });
  expect(cells[0]!.message).toMatch(/stored \d+ msat .* right \d+ msat /);
  expect(BigInt(report.storedMsat) - BigInt(report.heldMsat)).toBe(1n);
  expect(report.findings.filter(({ record }) => record !== 'snapshot').map(({ record }) => record)).toEqual(['state']);
});

test('a missing body is said, and what comes after it is audited all the same', async () => {
  const dir = copy();
  for (const height of [5, 6]) await dropBody(world, GROUP, dir, height);
  await changeBlock(world, GROUP, dir, 9, (block) => ({ ...block, body: new Uint8Array(3) }));
  const report = await audit(dir);
  expect(report.findings.map(({ message }) => message)).toEqual([
    'block 5: its stored body is missing',
    'block 6: its stored body is missing',
    'block 9: its stored body is not the one its header names',
  ]);
  expect(report).toMatchObject({ carried: 3, blocks: world.lines[GROUP]!.blocks.length - 3 });
  expect(report.recountedMsat).toBe(report.heldMsat);
});

test.each<[string, RegExp, Parameters<typeof changeBlock>[4]]>([
  [
    'totals',
    /block 6: stored totals: .*stored .*right/,
    ({ outcome, ...rest }) => ({ ...rest, outcome: { ...outcome, totals: flipped(outcome.totals, 0) } }),
  ],
  [
    'receipts',
    /block 6: stored receipts: amountLow of receipt 0: stored \d+, right \d+/,
    ({ outcome, ...rest }) => ({ ...rest, outcome: { ...outcome, receipts: flipped(outcome.receipts, 168) } }),
  ],
  [
    'undo',
    /block 6: stored undo record: bytes from 200 on: stored at byte 200 0x/,
    ({ outcome, ...rest }) => ({ ...rest, outcome: { ...outcome, undo: flipped(outcome.undo, 200) } }),
  ],
  [
    'outbox',
    /block 6: stored outbox: batch to group 0: stored at byte \d+ 0x.* right at byte/,
    ({ outcome, ...rest }) => ({
      ...rest,
      outcome: {
        ...outcome,
        outbox: outcome.outbox.map(({ group, leaf }) => ({ group, leaf: flipped(leaf, leaf.length - 9) })),
      },
    }),
  ],
  [
    'length of a diff',
    /block 6: its stored diff cannot be decoded/,
    ({ outcome, ...rest }) => ({ ...rest, outcome: { ...outcome, diff: outcome.diff.subarray(0, -1) } }),
  ],
])('a changed byte in the stored %s is named', async (_, message, change) => {
  const dir = copy();
  await changeBlock(world, GROUP, dir, 6, change);
  const report = await audit(dir);
  expect(report.findings[0]!.message).toMatch(message);
});

/** Every file; what LMDB counts its readers in by name only. */
function printOf(dir: string): readonly string[] {
  return readdirSync(dir).map((name) =>
    name === 'chain.mdb-lock' ? name : `${name} ${toHex(sha256(readFileSync(join(dir, name))))}`,
  );
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const out = Uint8Array.from(bytes);
  out[at]! ^= 1;
  return out;
}

test('a changed field of a contract is named by contract, key and field', async () => {
  const dir = copy();
  const cellOf = (diff: Uint8Array) =>
    BLOCK_DIFF.decode(diff)
      .parts.flatMap(({ cells }) => [...entriesOf(cells)])
      .find(({ id, value }) => contractOfCell(id) === 1n && value !== undefined);
  const block = world.lines[GROUP]!.blocks.findLast(({ outcome }) => cellOf(outcome.diff) !== undefined)!;
  await changeBlock(world, GROUP, dir, block.header.height, ({ outcome, ...rest }) => {
    const diff = Uint8Array.from(outcome.diff);
    cellOf(diff)!.value![0]! ^= 1;
    return { ...rest, outcome: { ...outcome, diff } };
  });
  const { findings } = await audit(dir);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ record: 'diff', height: block.header.height });
  expect(findings[0]!.cell).toMatch(/^Cash\.Token of address [0-9a-z]{58}:ed25519$/);
  expect(findings[0]!.stored).toBe('{"balance":"1001"}');
  expect(findings[0]!.right).toBe('{"balance":"1000"}');
});

test('a folder in use is refused, and audited as a copy', async () => {
  const dir = copy();
  const store = openStore(world, GROUP, dir);
  try {
    await expect(audit(dir)).rejects.toThrow(/is in use by process \d+; stop that process first/);
    expect(await audit(dir, { copy: true })).toMatchObject({ clean: true });
  } finally {
    await store.close();
  }
});

test('what is no folder of this network is refused', async () => {
  const dir = copy();
  writeFileSync(join(dir, 'node.json'), '{"version":2,"genesisId":"00","group":1}');
  await expect(audit(dir)).rejects.toThrow(/belongs to group 1 of network 00/);
  await expect(audit(join(root, 'nowhere'))).rejects.toThrow(/is no data folder of a node; name/);
});

test('begun at a snapshot with a msat too much, the first block it touches is named', async () => {
  const dir = join(root, 'snapshot-only');
  const payer = world.users.find(({ group }) => group === GROUP)!;
  const height = 8;
  const bytes = enrich('snapshot', snapshots.get(height)!, payer.address, 1n);
  await storeWorld(world, GROUP, dir, new Map([[height, bytes]]));
  const { from, findings } = await audit(dir, { fromSnapshot: true });
  expect(from).toBe(height);
  const messages = findings.map(({ message }) => message);
  const account = formatAddress(payer.address);
  expect(messages[0]).toMatch(
    /^block 8: the cells of its stored snapshot are not those block 12 commits as checkpoint/,
  );
  expect(messages[1]).toMatch(/^block 9: re-executing it gives other than its header says: STATE_ROOT$/);
  expect(messages[2]).toContain(`block 9: stored diff: account ${account} in partition`);
  expect(messages[2]).toMatch(/stored \d+ msat .*, re-executed \d+ msat /);
});
