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
