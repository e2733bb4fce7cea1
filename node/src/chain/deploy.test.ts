import { encodeArgs, findFunction } from '@rexnet/preda/index.ts';
import { expect, test } from 'vitest';
import { toHex } from '../core/bytes.ts';
import { shipped, type User, World } from './testing/world.ts';

const token = shipped('token');
const NO_ARGS = new Uint8Array(0);
const PLAIN = `contract Plain {
    @address uint64 n;
    @address function hit() export { n += 1u64; }
}`;

function onDeploy(owner: User): Uint8Array {
  return encodeArgs(token.abi, findFunction(token.abi, 'on_deploy')!, ['T', '1000', toHex(owner.address)]);
}

test('deploys fail with a receipt in group 0 and cost their gas', () => {
  const world = new World({ groups: 2 });
  const home = world.users.filter((u) => u.group === 0) as [User, User];
  const [owner, other] = home;
  const attempts = [
    { bytes: world.deploy(owner, 'Cash', token.source, onDeploy(owner)), status: 0, exception: 0 },
    { bytes: world.deploy(other, 'Cash', PLAIN, NO_ARGS), status: 10, exception: 0 },
    { bytes: world.deploy(other, 'bad name', PLAIN, NO_ARGS), status: 10, exception: 0 },
    { bytes: world.deploy(other, 'Mine', 'contract {', NO_ARGS), status: 6, exception: 33 },
    { bytes: world.deploy(other, 'Mine', PLAIN, Uint8Array.of(1)), status: 11, exception: 0 },
    { bytes: world.deploy(other, 'Mine', PLAIN, NO_ARGS, { gasLimit: 100_000n }), status: 4, exception: 30 },
    // on_deploy itself fails: its arguments are cut short.
    { bytes: world.deploy(other, 'Mine', token.source, onDeploy(other).subarray(1)), status: 6, exception: 12 },
    { bytes: world.deploy(other, 'Mine', PLAIN, NO_ARGS), status: 0, exception: 0 },
    { bytes: world.deploy(owner, 'Cash', PLAIN, NO_ARGS), status: 0, exception: 0 },
  ];
  const { registry } = world.lines[0]!.builder;
  const outcomes = attempts.map(({ bytes }) => {
    const blocks = [world.mine(0, { transactions: [bytes] })];
    while (world.lines[0]!.builder.queuedRelays > 0) blocks.push(world.mine(0));
    const all = blocks.flatMap((b) => b.receipts);
    for (const block of blocks) expect(block.receipts.map((r) => r.index)).toEqual([...block.receipts.keys()]);
    const receipt = all.find((r) => r.partition === 65_535)!;
    return { status: receipt.status, exception: receipt.exception };
  });
  expect(outcomes).toEqual(attempts.map(({ status, exception }) => ({ status, exception })));
  expect(registry.end).toBe(4);
  expect([registry.find('Cash', 'Token'), registry.find('Mine', 'Plain'), registry.find('Cash', 'Plain')]).toEqual([
    1, 2, 3,
  ]);
  world.settle();
  expect(world.lines[1]!.builder.registry.find('Mine', 'Plain')).toBe(2);
  expect(world.lines[1]!.builder.registry.find('Cash', 'Plain')).toBe(3);
});

test('an undone deploy is gone, and may come again', () => {
  const world = new World({ groups: 1 });
  const owner = world.users[0]!;
  const block = world.mine(0, { transactions: [world.deploy(owner, 'Cash', PLAIN, NO_ARGS)] });
  const { builder } = world.lines[0]!;
  expect(builder.registry.code(1)?.name).toBe('Plain');
  builder.undo(block.outcome.undo);
  expect(builder.registry.code(1)).toBeUndefined();
  expect(builder.registry.end).toBe(1);
  builder.apply(block);
  expect(builder.registry.code(1)?.name).toBe('Plain');
});
