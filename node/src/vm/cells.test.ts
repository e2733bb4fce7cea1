import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareBytes, concatBytes, toHex, viewOf } from '../core/bytes.ts';
import { build, context, fund, machine, P, place, snapshot } from './testing/bed.ts';
import { cellId, entry, testAddress, u64, u128 } from './testing/records.ts';
import { TROUBLE, troubleModule } from './testing/trouble.ts';

const ID = 5;
const code = troubleModule();
const people = Array.from({ length: 6 }, (_, i) => testAddress(i));

/** The model: cells by partition and id, in hex. */
type Model = Map<string, string>;

interface Cell {
  readonly partition: number;
  readonly id: Uint8Array;
}

/** Cells of every shape an id can have. */
const cells: readonly Cell[] = [
  ...people.map((key) => ({ partition: place(key), id: cellId(ID, 1, key) })),
  { partition: 3, id: cellId(ID, 1, people[0]!) },
  { partition: 3, id: cellId(0, 9, u64(1n)) },
  { partition: 4, id: cellId(0, 9, u64(1n)) },
  { partition: 3, id: cellId(0, 11, new Uint8Array(0)) },
  { partition: 65535, id: cellId(ID, 3, new Uint8Array(0)) },
  { partition: 65534, id: cellId(ID, 3, new Uint8Array(0)) },
  { partition: 65535, id: cellId(0, 12, new Uint8Array(20).fill(4)) },
  { partition: 5, id: cellId(ID, 8, new Uint8Array(64).fill(8)) },
  { partition: 5, id: cellId(2 ** 21, 4, new Uint8Array(4).fill(8)) },
  { partition: 5, id: cellId(ID, 4, new Uint8Array(4).fill(8)) },
  { partition: 5, id: cellId(ID, 4, new Uint8Array(4).fill(8), { field: 1, key: u64(9n) }) },
  { partition: 5, id: cellId(ID, 4, new Uint8Array(4).fill(8), { field: 1, key: u64(10n) }) },
  { partition: 6, id: Uint8Array.of(1, 2, 3) },
];

type Step =
  | { readonly what: 'put'; readonly cell: number; readonly size: number; readonly fill: number }
  | { readonly what: 'remove'; readonly cell: number }
  | { readonly what: 'credit'; readonly person: number; readonly amount: number }
  | {
      readonly what: 'invoke';
      readonly person: number;
      readonly op: number;
      readonly size: number;
      readonly fill: number;
    };

const short = [fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 300 }), fc.constant(40_000)];
const size = fc.oneof(...short, fc.constant(70_000));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ what: fc.constant('put' as const), cell: fc.nat(cells.length - 1), size, fill: fc.nat(255) }),
  fc.record({ what: fc.constant('remove' as const), cell: fc.nat(cells.length - 1) }),
  fc.record({ what: fc.constant('credit' as const), person: fc.nat(people.length - 1), amount: fc.nat(1000) }),
  fc.record({
    what: fc.constant('invoke' as const),
    person: fc.nat(people.length - 1),
    op: fc.constantFrom(TROUBLE.setState, TROUBLE.setElement, TROUBLE.eraseElement, TROUBLE.writeThenFail),
    size: fc.oneof(...short),
    fill: fc.nat(3),
  }),
);
const block = fc.record({
  steps: fc.array(step, { maxLength: 25 }),
  end: fc.constantFrom('end', 'abort', 'undo', 'redo'),
});

const name = (partition: number, id: Uint8Array) => `${partition}/${toHex(id)}`;

function applyToModel(model: Model, s: Step): void {
  if (s.what === 'put') {
    const { partition, id } = cells[s.cell]!;
    model.set(name(partition, id), toHex(new Uint8Array(s.size).fill(s.fill)));
  } else if (s.what === 'remove') {
    const { partition, id } = cells[s.cell]!;
    model.delete(name(partition, id));
  } else if (s.what === 'credit') {
    const address = people[s.person]!;
    const at = name(place(address), cellId(0, 0, address));
    const old = model.get(at);
    const balance = old === undefined ? 0n : viewOf(Buffer.from(old, 'hex')).getBigUint64(8, true);
    model.set(at, toHex(concatBytes([u64(0n), u64(balance + BigInt(s.amount))])));
  } else if (s.size >= 8) {
    const key = people[s.person]!;
    const value = toHex(new Uint8Array(s.size - 8).fill(s.fill));
    const element = name(place(key), cellId(ID, 1, key, { field: 1, key: new Uint8Array(8).fill(s.fill) }));
    if (s.op === TROUBLE.setState)
      model.set(name(place(key), cellId(ID, 1, key)), toHex(new Uint8Array(s.size).fill(s.fill)));
    if (s.op === TROUBLE.setElement) model.set(element, value);
    if (s.op === TROUBLE.eraseElement) model.delete(element);
  }
}

function applyToMachine(vm: ReturnType<typeof machine>, s: Step): void {
  if (s.what === 'put') {
    const { partition, id } = cells[s.cell]!;
    vm.put(partition, id, new Uint8Array(s.size).fill(s.fill));
  } else if (s.what === 'remove') {
    const { partition, id } = cells[s.cell]!;
    vm.remove(partition, id);
  } else if (s.what === 'credit') vm.credit(people[s.person]!, BigInt(s.amount));
  else if (s.size >= 8) {
    const args = new Uint8Array(s.size).fill(s.fill);
    vm.run(build({ kind: 1, contract: ID, op: s.op, key: people[s.person]!, gas: 1n << 40n, args }));
  }
}

/** Entries ascending by id, from the model. */
function exportOf(model: Model, partition: number): Uint8Array {
  const mine = [...model].filter(([at]) => at.startsWith(`${partition}/`));
  const entries = mine.map(([at, value]) => ({
    id: Buffer.from(at.split('/')[1]!, 'hex'),
    value: Buffer.from(value, 'hex'),
  }));
  entries.sort((a, b) => compareBytes(a.id, b.id));
  return concatBytes(entries.map((e) => entry(e.id, e.value)));
}

function expectSame(vm: ReturnType<typeof machine>, model: Model): void {
  for (let p = 0; p < P + 2; p++) {
    const partition = p < P ? p : 65534 + p - P;
    const want = exportOf(model, partition);
    expect(compareBytes(vm.exportPartition(partition), want), `partition ${partition}`).toBe(0);
    expect(vm.bytesOf(partition)).toBe(want.length);
  }
}

test('cells are what a map would hold, through blocks ended, aborted, undone and redone', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 8 }), (blocks) => {
      const vm = machine({ guard: true });
      vm.installContract(ID, code);
      const twin = machine({ seed: new Uint8Array(32).fill(1) });
      let model: Model = new Map();
      blocks.forEach(({ steps, end }, height) => {
        const before = new Map(model);
        vm.beginBlock(context(height));
        for (const s of steps) {
          applyToMachine(vm, s);
          applyToModel(model, s);
        }
        if (end === 'abort') {
          vm.abortBlock();
          model = before;
        } else {
          const { diffs, undo } = vm.endBlock();
          if (end !== 'end') {
            vm.undo(undo);
            expectSame(vm, before);
          }
          if (end === 'undo') model = before;
          else for (const { partition, diff } of diffs) twin.applyDiff(partition, diff);
          if (end === 'redo') for (const { partition, diff } of diffs) vm.applyDiff(partition, diff);
        }
        expectSame(vm, model);
        expectSame(twin, model);
      });
    }),
    { numRuns: 150 },
  );
});

test('a diff names cells by partition in order of first write, each once, and nothing that came and went', () => {
  const vm = machine();
  vm.beginBlock(context(1));
  const [a, b, c] = [u64(1n), u64(2n), u64(3n)].map((key) => cellId(0, 9, key)) as [Uint8Array, Uint8Array, Uint8Array];
  vm.put(7, b, Uint8Array.of(1));
  vm.put(2, c, Uint8Array.of(2));
  vm.put(7, a, Uint8Array.of(3));
  vm.put(7, b, Uint8Array.of(4, 4));
  vm.put(2, a, Uint8Array.of(5));
  vm.remove(2, a);
  expect(vm.changesOf(7)).toEqual(concatBytes([entry(b, Uint8Array.of(4, 4)), entry(a, Uint8Array.of(3))]));
  expect(vm.changesOf(9).length).toBe(0);
  const { diffs } = vm.endBlock();
  expect(diffs).toEqual([
    { partition: 2, diff: entry(c, Uint8Array.of(2)) },
    { partition: 7, diff: concatBytes([entry(b, Uint8Array.of(4, 4)), entry(a, Uint8Array.of(3))]) },
  ]);
  vm.beginBlock(context(2));
  vm.remove(2, c);
  expect(vm.endBlock().diffs).toEqual([
    { partition: 2, diff: concatBytes([Uint8Array.of(c.length, 0), c, Uint8Array.of(0)]) },
  ]);
});

test('damaged diffs and undo data are refused', () => {
  const vm = machine();
  const good = entry(cellId(0, 9, u64(1n)), new Uint8Array(9));
  for (const bad of [good.subarray(0, 5), good.subarray(0, good.length - 1), new Uint8Array(40).fill(255)]) {
    expect(() => vm.applyDiff(1, bad)).toThrow(RangeError);
  }
  expect(() => vm.undo(Uint8Array.of(1, 0, 0, 0, 99, 0, 0, 0))).toThrow(RangeError);
  expect(() => vm.applyDiff(P, good)).toThrow(RangeError);
});

test('the index grows to a million cells, and a partition leaves and returns whole', () => {
  const vm = machine();
  const count = 1_000_000;
  const key = new Uint8Array(36);
  const view = viewOf(key);
  const parts: Uint8Array[][] = Array.from({ length: P }, () => []);
  for (let i = 0; i < count; i++) {
    view.setUint32(0, Math.imul(i, 2654435761), true);
    view.setUint32(20, i, true);
    parts[place(key)]!.push(entry(cellId(ID, 1, key), u128(BigInt(i))));
  }
  for (let p = 0; p < P; p++) vm.applyDiff(p, concatBytes(parts[p]!));
  let cellsHeld = 0;
  for (let p = 0; p < P; p++) cellsHeld += vm.cellsOf(p);
  expect(cellsHeld).toBe(count);
  for (let i = 0; i < count; i += 9973) {
    view.setUint32(0, Math.imul(i, 2654435761), true);
    view.setUint32(20, i, true);
    expect(vm.get(place(key), cellId(ID, 1, key))).toEqual(u128(BigInt(i)));
  }
  const whole = vm.exportPartition(3);
  const used = vm.memoryUsed();
  vm.dropPartition(3);
  expect([vm.cellsOf(3), vm.bytesOf(3), vm.exportPartition(3).length]).toEqual([0, 0, 0]);
  vm.applyDiff(3, whole);
  expect(compareBytes(vm.exportPartition(3), whole)).toBe(0);
  expect(vm.memoryUsed() - used).toBeLessThan(4 << 20);
  expect(used).toBeLessThan(count * 110);
});

test('the seed changes nothing that can be seen', () => {
  const states = [1, 2].map((fill) => {
    const vm = machine({ seed: new Uint8Array(32).fill(fill) });
    vm.installContract(ID, code);
    fund(vm, people);
    vm.beginBlock(context(1));
    for (const key of people)
      vm.run(build({ kind: 1, contract: ID, op: TROUBLE.setState, key, args: key, gas: 1_000_000n }));
    const { diffs, undo } = vm.endBlock();
    return { diffs, undo, state: snapshot(vm) };
  });
  expect(states[0]).toEqual(states[1]);
});
