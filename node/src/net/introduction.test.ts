import { expect, test } from 'vitest';
import { Introduction } from './introduction.ts';

test('a node alone in its group asks nobody, once it knows that it is alone', () => {
  const introduction = new Introduction(0);
  expect(introduction.isOver(0, 0)).toBe(false);
  introduction.expect(0);
  expect(introduction.isOver(0, 0)).toBe(true);
});

test('an empty chain beside a long one is not in sync, however whole it looks', () => {
  const introduction = new Introduction(1_000);
  introduction.expect(1);
  expect(introduction.isOver(0, 1_000)).toBe(false);
  introduction.greeted('g0-n0:7071', 40);
  expect(introduction.isOver(0, 2_000)).toBe(false);
  expect(introduction.isOver(39, 30_000)).toBe(false);
  expect(introduction.isOver(40, 30_001)).toBe(true);
  // The others grow on, and what is missing is known by its headers.
  introduction.greeted('g0-n0:7071', 90);
  expect(introduction.isOver(41, 30_002)).toBe(true);
});

test('all of a group begin at once', () => {
  const introduction = new Introduction(0);
  introduction.expect(2);
  introduction.greeted('g0-n1:7071', 0);
  introduction.greeted('g0-n1:7071', 0);
  expect(introduction.isOver(0, 500)).toBe(false);
  introduction.greeted('g0-n2:7071', 0);
  expect(introduction.isOver(0, 600)).toBe(true);
});

test('neighbours that are gone for good keep nobody who has blocks, nor does a height that is not there', () => {
  const alone = new Introduction(0);
  alone.expect(1);
  expect(alone.isOver(7, 29_999)).toBe(false);
  expect(alone.isOver(7, 30_000)).toBe(true);
  const lied = new Introduction(0);
  lied.expect(1);
  lied.greeted('g0-n1:7071', Number.MAX_SAFE_INTEGER);
  expect(lied.isOver(7, 119_999)).toBe(false);
  expect(lied.isOver(7, 120_000)).toBe(true);
});

test('who has nothing and hears nobody is no copy of the chain, however slow the machine is', () => {
  const empty = new Introduction(0);
  empty.expect(1);
  expect(empty.isOver(0, 179_999)).toBe(false);
  // A group whose other node never came.
  expect(empty.isOver(0, 180_000)).toBe(true);
  const told = new Introduction(0);
  told.expect(1);
  told.greeted('g0-n0:7071', 5);
  expect(told.isOver(0, 600_000)).toBe(false);
});
