import { expect, test } from 'vitest';
import { givesMoney } from './run.ts';

test.each<[Record<string, string | boolean>, string, boolean]>([
  [{}, 'demo-g0-0', false],
  [{ faucet: true }, 'anywhere', true],
  [{ 'faucet-on': 'demo-g0-0' }, 'demo-g0-0', true],
  [{ 'faucet-on': 'demo-g0-0' }, 'demo-g0-1', false],
  [{ 'faucet-on': 'demo-g0-0' }, 'demo-g0-01', false],
])('with %j the host %s gives money: %s', (flags, host, expected) => {
  expect(givesMoney(flags, host)).toBe(expected);
});
