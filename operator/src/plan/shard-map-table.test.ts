import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TABLE_MAX_LENGTH } from '../api/shard-map.ts';
import { parseTable, printTable } from './shard-map-table.ts';

test.each([
  [[], ''],
  [[0], '0:0'],
  [[0, 0, 1, 0], '0-1:0,2:1,3:0'],
  [[7, 7, 7], '0-2:7'],
])('%j is %s', (owners, text) => {
  expect(printTable(owners)).toBe(text);
});

test('the longest table fits', () => {
  const owners = Array.from({ length: 4_096 }, (_, partition) => 1_022 + (partition % 2));
  const text = printTable(owners);
  expect(text.length).toBeLessThanOrEqual(TABLE_MAX_LENGTH);
  expect(parseTable(text)).toEqual({ owners });
});

test.each([
  ['0-1:0,3:1', '3:1 does not begin at partition 2'],
  ['0:0,1:0', '1:0 belongs to the range before it'],
  ['0-0:0', '"0-0:0" is no range such as 0-15:0'],
  ['0:00', '"0:00" is no range such as 0-15:0'],
  ['0-1:0,', '"" is no range such as 0-15:0'],
  ['1:0', '1:0 does not begin at partition 0'],
  ['0-4096:0', '0-4096:0 ends beyond partition 4095'],
  ['0:0,1-1:1', '1-1:1 is not in its shortest form'],
])('%s is refused', (text, problem) => {
  expect(parseTable(text)).toEqual({ problem });
});

test('printing and parsing are inverse, and there is one text for a table', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 200 }), (owners) => {
      expect(parseTable(printTable(owners))).toEqual({ owners });
    }),
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[0-3]([-:,][0-3]){0,8}$/), (text) => {
      const parsed = parseTable(text);
      if ('owners' in parsed) expect(printTable(parsed.owners)).toBe(text);
    }),
  );
});
