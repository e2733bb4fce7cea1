import { expect, test } from 'vitest';
import { parseLoadSpec } from './spec.ts';

const GOOD = {
  ...{ genesis: 'genesis.bin', peers: 'peers.json', report: 'report.json' },
  ...{ workload: 'Token', contract: 'token.Token', tps: 400 },
};
const parse = (changes: Readonly<Record<string, unknown>>): unknown =>
  parseLoadSpec(JSON.stringify({ ...GOOD, ...changes }));

test('what is left out has its default', () => {
  expect(parse({})).toEqual({ ...GOOD, owner: 'alice', accountsPerGroup: 100, drainSeconds: 15, verifyBalances: true });
  expect(parse({ seconds: 60, crossGroupPercent: 50, owner: 'bob' })).toMatchObject({ seconds: 60, owner: 'bob' });
  expect(parse({ workload: 'Transfer', contract: undefined })).toMatchObject({ workload: 'Transfer' });
});

test.each([
  [{ workload: 'Poll' }, 'workload must be one of Token, Transfer; others do not exist yet'],
  [{ contract: undefined }, 'contract is missing; Token calls one'],
  [{ contract: 'Token' }, 'contract must be a name such as token.Token'],
  [{ tps: 0 }, 'tps must be a number from 0.01 to 1000000'],
  [{ tps: '400' }, 'tps must be a number from 0.01 to 1000000'],
  [{ accountsPerGroup: 1 }, 'accountsPerGroup must be an integer from 2 to 1000'],
  [{ crossGroupPercent: 101 }, 'crossGroupPercent must be a number from 0 to 100'],
  [{ genesis: undefined }, 'genesis is missing'],
  [{ graceSeconds: 5 }, /^graceSeconds is no field of a load spec \(genesis, /],
])('%j is refused', (changes, message) => {
  expect(() => parse(changes)).toThrow(message);
});

test('what is no object is refused', () => {
  for (const text of ['', '[]', 'null', '3', '{']) expect(() => parseLoadSpec(text)).toThrow(/JSON/);
});
