import { expect, test } from 'vitest';
import { CliError } from '../exit.ts';
import { choiceFlag, crossFlag, groupsFlag, integerFlag, sharesFlag } from './bench-flags.ts';

test('lists are ascending integers within bounds, or refused with what to write', () => {
  expect(groupsFlag({ groups: '1,2,4,8,16' })).toEqual([1, 2, 4, 8, 16]);
  expect(sharesFlag({ shares: '0,98' })).toEqual([0, 98]);
  for (const groups of ['', '0', '2,1', '1,1', '1,x', '1.5', '1,,2', '1,1000'])
    expect(() => groupsFlag({ groups })).toThrow(CliError);
});

test('a cross-group share is a number of per cent, or what random pairs give', () => {
  expect(crossFlag({ cross: 'natural' })).toBeUndefined();
  expect(crossFlag({ cross: '50' })).toBe(50);
  expect(() => crossFlag({ cross: '101' })).toThrow('--cross 101');
});

test('a flag is refused by the name it is written with', () => {
  expect(() => integerFlag({ tpsPerGroup: 'many' }, 'tpsPerGroup', [1, 10])).toThrow('--tps-per-group many: expected');
  expect(() => choiceFlag({ profile: 'fast' }, 'profile', ['capped', 'open'])).toThrow('one of capped, open');
});
