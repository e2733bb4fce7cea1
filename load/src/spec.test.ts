import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { offeredCount, offeredTps, parseLoadSpec, WORKLOADS } from './spec.ts';

const GOOD = {
  ...{ genesis: 'genesis.bin', peers: 'peers.json', report: 'report.json' },
  ...{ workload: 'Token', contract: 'token.Token', tps: 400 },
};
const parse = (changes: Readonly<Record<string, unknown>>): unknown =>
  parseLoadSpec(JSON.stringify({ ...GOOD, ...changes }));

test('what is left out has its default', () => {
  const defaults = {
    ...{
      owner: 'alice',
      generator: 0,
      startTogether: false,
      accountsPerGroup: 100,
      skipAccountsPerGroup: 0,
      receivers: 10,
    },
    ...{ drainSeconds: 15, verifyBalances: true, slowdownMs: 0 },
  };
  expect(parse({})).toEqual({ ...GOOD, ...defaults });
  expect(parse({ seconds: 60, crossGroupPercent: 50, owner: 'bob' })).toMatchObject({ seconds: 60, owner: 'bob' });
  expect(parse({ workload: 'Transfer', contract: undefined })).toMatchObject({ workload: 'Transfer' });
});

test.each([
  [{ workload: 'Ballot' }, /^workload must be one of Token, Transfer, /],
  [{ tps: undefined }, 'tps is missing, and tpsPerGroup as well'],
  [{ tpsPerGroup: 100 }, 'tps and tpsPerGroup exclude each other'],
  [{ seconds: 5, transactions: 100 }, 'seconds and transactions exclude each other'],
  [{ groups: [1, 1] }, 'groups must be a list of different group ids, such as [1, 2]'],
  [{ generator: 1 }, 'generator must be less than generators, which is 1'],
  [{ generators: 257 }, 'generators must be an integer from 1 to 256'],
  [{ generators: 2, groups: [1] }, 'groups and generators exclude each other'],
  [{ startTogether: 1 }, 'startTogether must be true or false'],
  [{ presign: 'file' }, 'presign needs seconds or transactions'],
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

test('rates and counts follow from what is asked for', () => {
  const all = { groups: 4, sharers: 1, allGroups: 4 };
  expect([offeredTps({ tps: 7 }, all, 50), offeredTps({ tpsPerGroup: 7 }, all, 50)]).toEqual([7, 28]);
  expect(offeredTps({ overCapacity: 1.2 }, all, 50)).toBe(240);
  const half = { groups: 2, sharers: 3, allGroups: 4 };
  expect([offeredTps({ tps: 12 }, half, 50), offeredTps({ tpsPerGroup: 6 }, half, 50)]).toEqual([2, 4]);
  expect(offeredCount({ seconds: 2.5 }, 7)).toBe(18);
  expect(offeredCount({ transactions: 9 }, 7)).toBe(9);
  expect(offeredCount({}, 7)).toBe(Number.POSITIVE_INFINITY);
});

test('every workload and every field is documented', () => {
  const page = readFileSync(new URL('../../docs/load.md', import.meta.url), 'utf8');
  const refusal = ((): string => {
    try {
      parse({ nonsense: 1 });
      return '';
    } catch (error) {
      return String(error);
    }
  })();
  const fields = /\((.*)\)/.exec(refusal)?.[1]?.split(', ') ?? [];
  expect(fields.length).toBeGreaterThan(20);
  expect([...WORKLOADS, ...fields].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
