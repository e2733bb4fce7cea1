// Batches that no honest group could have sent, under outbox roots that commit to them: they read as empty, stop nobody, and
// every node comes to the same state.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOf, partitionOf } from '../core/address.ts';
import { concatBytes, toHex, viewOf } from '../core/bytes.ts';
import { sha256, sha256d } from '../core/hash.ts';
import { BATCH, BODY, DELTA, HEADER, REGISTRY_ROW, type RegistryRow } from '../core/layouts.ts';
import { SCOPE, SCOPES } from '../core/scopes.ts';
import { type CellEntry, encodeEntries, entriesOf, LEDGER_SCOPE, ledgerCellId, sequenceKey } from './cell-entries.ts';
import type { BlockPlan } from './ports.ts';
import { contractOfRow } from './registry.ts';
import { pad8, RECORD, RECORD_KIND } from './relay.ts';
import { headerOf } from './template.ts';
import { shipped, World } from './testing/world.ts';

const NO_ARGS = new Uint8Array(0);
const PLAIN = 'contract Plain { @address uint64 n; @address function hit() export { n += 1u64; } }';
const READER = 1;
const NESTING = 40;
const isDelta = ({ kind }: { readonly kind: number }): boolean => kind === 2;

function worldWithDeploy(): { readonly world: World; readonly honest: readonly CellEntry[] } {
  const world = new World({ groups: 2, constants: { nesting: NESTING } });
  const owner = world.users.find((user) => user.group === 0)!;
  const { outcome } = world.mine(0, { transactions: [world.deploy(owner, 'Mine', PLAIN, NO_ARGS)] });
  const { system } = BATCH.decode(outcome.outbox[0]!.leaf);
  return { world, honest: [...entriesOf(DELTA.decode(system.find(isDelta)!.payload).cells)] };
}

/** A block of group 1 that reads this instead of what group 0 sent. */
function readForged(world: World, change: (leaf: Uint8Array) => Uint8Array): void {
  const { builder, judge, blocks, cursors } = world.lines[READER]!;
  const honest = world.plan(READER);
  const [source, ...rest] = honest.sources;
  const plan: BlockPlan = { ...honest, sources: [{ ...source!, leaf: change(source!.leaf) }, ...rest] };
  const built = builder.build(plan);
  builder.commitStaged();
  const header = headerOf(plan, built, world.network.networkId);
  const headerBytes = HEADER.encode(header);
  const { bodyBytes, outcome } = built;
  const block = { id: sha256d(headerBytes), header, headerBytes, map: plan.map, bodyBytes, sources: plan.sources };
  judge!.apply({ ...block, body: judge!.readBody(header, bodyBytes)! });
  expect(toHex(judge!.stateRoot)).toBe(toHex(builder.stateRoot));
  blocks.push({ ...block, body: BODY.decode(bodyBytes), outcome, shownUpdate: built.shownUpdate, receipts: [] });
  cursors.set(0, source!.height);
}

function withDelta(leaf: Uint8Array, entries: readonly CellEntry[]): Uint8Array {
  const batch = BATCH.decode(leaf);
  const { version } = DELTA.decode(batch.system.find(isDelta)!.payload);
  const payload = DELTA.encode({ version, cells: encodeEntries(entries) });
  const system = batch.system.map((each) => (isDelta(each) ? { ...each, payload } : each));
  return BATCH.encode({ ...batch, system });
}

const sorted = (entries: readonly CellEntry[]): CellEntry[] => entries.toSorted((a, b) => Buffer.compare(a.id, b.id));
const isRow = ({ id }: CellEntry): boolean => contractOfRow(id) !== undefined;
/** The honest delta with another row. */
const rowLike = (entries: readonly CellEntry[], change: Partial<RegistryRow>): CellEntry[] =>
  entries.map((entry) =>
    isRow(entry)
      ? { id: entry.id, value: REGISTRY_ROW.encode({ ...REGISTRY_ROW.decode(entry.value!.slice()), ...change }) }
      : entry,
  );
const sourced = (entries: readonly CellEntry[], source: string): CellEntry[] =>
  rowLike(entries, { source, codeHash: sha256(new TextEncoder().encode(source)) });
const cellOf = (contract: number, scope: number, key: Uint8Array, rest = NO_ARGS): CellEntry => {
  const id = concatBytes([new Uint8Array(8), Uint8Array.of(scope, key.length), key, rest]);
  viewOf(id).setBigUint64(0, BigInt(contract), true);
  return { id, value: new Uint8Array(8) };
};
const ledger = (scope: number, key: Uint8Array): CellEntry => ({
  id: ledgerCellId(scope, key),
  value: new Uint8Array(16),
});
const DEEP = `contract Plain { @address uint64 n; @address function hit() export { n = ${'('.repeat(NESTING)}1u64${')'.repeat(NESTING)}; } }`;

const FORGED: Readonly<Record<string, (honest: readonly CellEntry[]) => readonly CellEntry[]>> = {
  'a source that does not compile': (honest) => sourced(honest, 'contract Plain {'),
  'a source nested deeper than genesis allows': (honest) => sourced(honest, DEEP),
  "a hash that is not the source's": (honest) => rowLike(honest, { codeHash: new Uint8Array(32) }),
  "a name that is not the contract's": (honest) => rowLike(honest, { name: 'Other' }),
  'a name no DApp has': (honest) => rowLike(honest, { dapp: '9' }),
  'a row that is none': (honest) => honest.map((e) => (isRow(e) ? { id: e.id, value: Uint8Array.of(1, 2) } : e)),
  'a row without bytes': (honest) => honest.map((e) => (isRow(e) ? { id: e.id, value: undefined } : e)),
  'a number that is not the next': (honest) =>
    sorted(honest.map((e) => (isRow(e) ? { ...e, id: ledgerCellId(LEDGER_SCOPE.registry, sequenceKey(2)) } : e))),
  'a count too high': (honest) =>
    honest.map((e) => (e.id.length === 10 ? { ...e, value: new Uint8Array(8).fill(255) } : e)),
  'a count of other length': (honest) =>
    honest.map((e) => (e.id.length === 10 ? { ...e, value: Uint8Array.of(2) } : e)),
  'no count': (honest) => honest.filter((e) => e.id.length !== 10),
  'no row': (honest) => honest.filter((e) => !isRow(e)),
  'an account': (honest) => sorted([...honest, ledger(LEDGER_SCOPE.account, new Uint8Array(36))]),
  'a queue': (honest) => sorted([...honest, ledger(LEDGER_SCOPE.queue, sequenceKey(0))]),
  'a cell of a contract nobody knows': (honest) => [...honest, cellOf(9, SCOPE.global, NO_ARGS)],
  "a cell of somebody's own": (honest) => [...honest, cellOf(1, SCOPE.address, new Uint8Array(36))],
  'a key that is not there': (honest) => [
    ...honest,
    { id: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, SCOPE.global, 5), value: NO_ARGS },
  ],
  'a name too long for a cell': (honest) => [...honest, cellOf(1, SCOPE.global, NO_ARGS, new Uint8Array(300))],
  'half a field': (honest) => [...honest, cellOf(1, SCOPE.global, NO_ARGS, new Uint8Array(1))],
  'entries out of order': (honest) => honest.toReversed(),
  'an entry twice': (honest) => [...honest.slice(0, 1), ...honest],
};

test.each(Object.keys(FORGED))('%s in a delta: the batch reads as empty', (name) => {
  const { world, honest } = worldWithDeploy();
  readForged(world, (leaf) => withDelta(leaf, FORGED[name]!(honest)));
  const { registry } = world.lines[READER]!.builder;
  expect([registry.end, registry.row(1), registry.code(1)]).toEqual([1, undefined, undefined]);
  // It goes on, and comes back from what it stored.
  const { outcome } = world.mine(READER);
  const diffs = world.lines[READER]!.blocks.map((block) => block.outcome.diff);
  expect(outcome.diff.length).toBeGreaterThan(0);
  const again = world.state(READER, { snapshot: undefined, diffs });
  expect(toHex(again.stateRoot)).toBe(toHex(world.lines[READER]!.builder.stateRoot));
});

test('the delta itself takes effect', () => {
  const { world, honest } = worldWithDeploy();
  readForged(world, (leaf) => withDelta(leaf, [...honest, cellOf(1, SCOPE.global, NO_ARGS)]));
  expect(world.lines[READER]!.builder.registry.code(1)?.name).toBe('Plain');
});

test('relays of any contents run to an end or fail with a receipt', () => {
  const { world } = worldWithDeploy();
  const token = shipped('token');
  const owner = world.users[0]!;
  world.settle();
  world.mine(0, { transactions: [world.deploy(owner, 'Cash', token.source, new Uint8Array(46))] });
  world.settle();
  const owned = world.users.filter((user) => user.group === READER).map((user) => user.address);
  const record = fc.record({
    kind: fc.constantFrom(RECORD_KIND.relay, RECORD_KIND.relay, RECORD_KIND.value, RECORD_KIND.credit),
    contract: fc.oneof(fc.bigInt(0n, 4n), fc.constantFrom(2n ** 20n, 2n ** 32n + 1n, 2n ** 64n - 1n)),
    op: fc.oneof(fc.nat(12), fc.constantFrom(0xffff, 0xfffe)),
    to: fc.nat(owned.length - 1),
    gas: fc.bigInt(0n, 200_000n),
    price: fc.bigInt(0n, 2n),
    value: fc.bigInt(0n, 1_000n),
    from: fc.uint8Array({ minLength: 36, maxLength: 36 }),
    args: fc.uint8Array({ maxLength: 60 }),
    index: fc.nat(2 ** 31),
  });
  for (const records of fc.sample(fc.array(record, { minLength: 5, maxLength: 25 }), { numRuns: 25, seed: 7 })) {
    const relays = concatBytes(
      records.map((each, i) => {
        const scope = each.kind === RECORD_KIND.relay ? SCOPE.address : SCOPE.account;
        const key = owned[each.to]!;
        const argsAt = RECORD.key + pad8(SCOPES[scope]!.keyBytes);
        const bytes = new Uint8Array(argsAt + pad8(each.args.length));
        const view = viewOf(bytes);
        view.setUint32(RECORD.size, bytes.length, true);
        bytes[RECORD.kind] = each.kind;
        bytes[RECORD.scope] = scope;
        view.setUint16(RECORD.op, each.kind === RECORD_KIND.relay ? each.op : 0xffff, true);
        view.setBigUint64(RECORD.contract, each.contract, true);
        view.setBigUint64(RECORD.gas, each.gas, true);
        view.setBigUint64(RECORD.price, each.price, true);
        view.setBigUint64(RECORD.value, each.value, true);
        bytes.set(sha256(each.from), RECORD.id);
        bytes.set(each.from, RECORD.initiator);
        bytes.set(i % 2 === 0 ? each.from : addressOf(new Uint8Array(32).fill(i)), RECORD.from);
        view.setUint32(RECORD.partition, partitionOf(key, world.partitions), true);
        view.setUint32(RECORD.index, each.index, true);
        view.setUint32(RECORD.argsLen, each.args.length, true);
        bytes[RECORD.keyLen] = key.length;
        bytes.set(key, RECORD.key);
        bytes.set(each.args, argsAt);
        return bytes;
      }),
    );
    const { header } = world.mine(0);
    readForged(world, () => BATCH.encode({ source: 0, height: header.height, system: [], relays }));
    expect(world.lines[READER]!.blocks.at(-1)!.outcome.receipts.length).toBeGreaterThan(0);
  }
});
