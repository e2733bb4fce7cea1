import { expect, test } from 'vitest';
import { Random } from './random.ts';
import { shuffled, Zipf } from './zipf.ts';

test('the n-th place is drawn in proportion to 1 / n^0.99', () => {
  const zipf = new Zipf(1_000);
  const random = new Random(3);
  const drawn = new Array<number>(1_000).fill(0);
  const count = 200_000;
  for (let i = 0; i < count; i++) {
    const place = zipf.draw(random);
    drawn[place] = (drawn[place] ?? 0) + 1;
  }
  const sum = drawn.reduce((total, _, i) => total + 1 / (i + 1) ** 0.99, 0);
  for (const place of [0, 1, 9, 99])
    expect((drawn[place] ?? 0) / count / (1 / (place + 1) ** 0.99 / sum)).toBeCloseTo(1, place < 10 ? 1 : 0);
  expect(drawn.reduce((total, n) => total + n, 0)).toBe(count);
});

test('a shuffle keeps everybody, and follows from the seed', () => {
  const order = shuffled(50, new Random(1));
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  expect(shuffled(50, new Random(1))).toEqual(order);
  expect(shuffled(50, new Random(2))).not.toEqual(order);
});
