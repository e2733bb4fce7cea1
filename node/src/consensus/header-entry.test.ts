import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HeaderEntry, isAncestor, onOneLine } from './header-entry.ts';
import { HeaderWorld, TEST_PARAMS } from './testing/header-world.ts';

test('ancestors are found over any distance', () => {
  const world = new HeaderWorld(1, TEST_PARAMS);
  const line: HeaderEntry[] = [world.tree.root(0)];
  for (let i = 1; i < 300; i++) line.push(world.mine(line[i - 1]!, [], 0));
  const fork = world.line(line[100]!, 150, 1);
  fc.assert(
    fc.property(fc.nat(299), fc.nat(299), (a, b) => {
      expect(line[b]!.ancestorAt(a)).toBe(a <= b ? line[a] : undefined);
      expect(isAncestor(line[a]!, line[b]!)).toBe(a <= b);
      expect(isAncestor(line[a]!, fork)).toBe(a <= 100);
      expect(onOneLine(line[a]!, line[b]!)).toBe(true);
    }),
  );
});

test('cursors are the newest read, genesis before that, over full vectors and between them', () => {
  const world = new HeaderWorld(3, TEST_PARAMS);
  const source = world.line(world.tree.root(1), 40, 0);
  let reader = world.tree.root(0);
  expect(reader.cursor(1)).toBe(world.tree.root(1));
  for (let height = 1; height < 39; height++) {
    const reads = height % 3 === 0 ? [source.ancestorAt(height)!] : [];
    reader = world.mine(reader, reads, 0);
    expect(reader.cursor(1)).toBe(source.ancestorAt(height - (height % 3)));
    expect([...reader.cursors().keys()]).toEqual([1, 2]);
    expect(reader.cursor(0)).toBeUndefined();
  }
});

test('what was cut below the window still counts as an ancestor when it was chosen', () => {
  const world = new HeaderWorld(1, TEST_PARAMS);
  const stem = world.line(world.tree.root(0), 10, 0);
  const lost = world.line(stem, 3, 1);
  const tip = world.line(stem, 30, 2);
  world.tree.choose(tip);
  const forgotten = world.tree.prune(0, 20);
  expect(forgotten).toHaveLength(20 + 3);
  expect(world.tree.baseHeight(0)).toBe(20);
  expect(isAncestor(stem, tip)).toBe(true);
  expect(isAncestor(lost, tip)).toBe(false);
  expect(world.tree.get(stem.id)).toBeUndefined();
  expect(tip.ancestorAt(20)).toBe(world.tree.chosenAt(0, 20));
  expect([...world.tree.leaves(0)]).toEqual([tip]);
});

test('what has left the tree holds nothing, so that what stays does not keep every header there was', () => {
  const world = new HeaderWorld(2, TEST_PARAMS);
  const tips = [world.tree.root(0), world.tree.root(1)];
  const all: HeaderEntry[] = [];
  for (let height = 1; height <= 100; height++) {
    for (const group of [0, 1]) {
      const source = height > 3 ? [tips[1 - group]!.ancestorAt(height - 3)!] : [];
      tips[group] = world.mine(tips[group]!, source, 0);
      world.tree.choose(tips[group]!);
      all.push(tips[group]!);
    }
    if (height % 10 === 0 && height > 40) for (const group of [0, 1]) world.tree.prune(group, height - 40);
  }
  const [tip] = tips;
  const gone = all.filter(({ height }) => height < 60);
  for (const entry of gone) {
    expect([entry.parent, entry.reads, entry.readingOrder, entry.ancestorAt(entry.height - 1)]).toEqual([
      undefined,
      [],
      [],
      undefined,
    ]);
    expect(entry.settled && !entry.isHeld).toBe(true);
    if (entry.group === 0) expect(isAncestor(entry, tip!)).toBe(true);
  }
  // 64's skip leads to what is gone.
  expect(tip!.ancestorAt(60)!.height).toBe(60);
  for (const height of [0, 32, 48, 59]) expect(tip!.ancestorAt(height)).toBeUndefined();
  expect(tip!.ancestorAt(60)!.cursor(1)!.height).toBe(57);
  expect(() => gone[0]!.cursor(1)).toThrow('has left the tree');
});

test('a compacted entry has its header from the shelf, block 0 its own', () => {
  const world = new HeaderWorld(2, TEST_PARAMS);
  const source = world.line(world.tree.root(1), 3, 0);
  const entry = world.mine(world.tree.root(0), [source.parent!], 0);
  const { id, key, bytes, header } = entry;
  let asked = 0;
  const shelf = {
    bytesOf: (of: HeaderEntry) => {
      expect(of).toBe(entry);
      asked++;
      return bytes;
    },
  };
  for (const each of [entry, world.tree.root(0)]) each.compact(shelf);
  expect([entry.bytes, entry.header, entry.witness, asked]).toEqual([bytes, header, undefined, 2]);
  expect([entry.id, entry.key, entry.reads]).toEqual([id, key, [source.parent]]);
  expect([...entry.cursors().values()]).toEqual([source.parent]);
  expect(world.tree.root(0).header.height).toBe(0);
});
