// What is done for one address is bounded, whatever its connections, and what is over makes room.
import { expect, test } from 'vitest';
import { InFlight } from './in-flight.ts';

const BUSY = expect.objectContaining({ code: 'BUSY' });

test('one address is told to wait, another is not', async () => {
  const inFlight = new InFlight(2);
  const first = Promise.withResolvers<number>();
  const [a, b] = [1, 2].map((port) => inFlight.run(`10.0.0.1:${port}`, () => first.promise));
  await expect(inFlight.run('10.0.0.1:3', async () => 3)).rejects.toEqual(BUSY);
  expect(await inFlight.run('[fd00::1]:1', async () => 4)).toBe(4);
  first.resolve(5);
  expect(await Promise.all([a, b])).toEqual([5, 5]);
  expect(await inFlight.run('10.0.0.1:3', async () => 6)).toBe(6);
});

test('what fails is over too', async () => {
  const inFlight = new InFlight(1);
  await expect(inFlight.run('10.0.0.1:1', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await inFlight.run('10.0.0.1:1', async () => 1)).toBe(1);
});
