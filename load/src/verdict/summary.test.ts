import fc from 'fast-check';
import { expect, test } from 'vitest';
import { brokenReading } from './broken-reading.ts';
import { parseSummary, printSummary, SUMMARY_MAX_BYTES, SummaryError } from './summary.ts';
import { aReading } from './testing/readings.ts';
import { invalidReason } from './validity.ts';

test('what is printed is read again', () => {
  const reading = aReading(4);
  expect(parseSummary(printSummary(reading))).toEqual(reading);
  const broken = brokenReading({ groups: 2, repeat: 0 }, 'no node answers');
  expect(parseSummary(printSummary(broken))).toEqual(broken);
});

test('a summary fits whatever was measured, and names the slowest group', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_024 }),
      fc.integer({ min: 0, max: 1_023 }),
      fc.string({ maxLength: 9_000 }),
      fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      (groups, slow, detail, tps) => {
        const slowest = slow % groups;
        const byGroup = Array.from({ length: groups }, (_, group) => ({
          group,
          tps: group === slowest ? tps / 3 : tps,
          blockMs: group === slowest ? Number.POSITIVE_INFINITY : tps,
        }));
        const gates = [{ name: 'books', isMet: false, detail }];
        const text = printSummary(aReading(groups, { byGroup, gates, tps, broken: detail }));
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(SUMMARY_MAX_BYTES);
        const read = parseSummary(text);
        expect(read.groups).toBe(groups);
        expect(read.byGroup.length === 0 || read.byGroup.some(({ group }) => group === slowest)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test.each(['', 'Killed', '{}', '{"version":2}', '{"version":1,"groups":1,"byGroup":[],"reading":{}}', 'null', '[]'])(
  '%j is no summary',
  (text) => {
    expect(() => parseSummary(text)).toThrow(SummaryError);
  },
);

test('who was throttled is named', () => {
  const machine = { ...aReading(1).machine, throttledShare: 0.12, throttled: 'a node of group 3' };
  expect(invalidReason(parseSummary(printSummary(aReading(4, { machine }))), 'capped')).toBe(
    'a node of group 3 was throttled in 12 % of the periods',
  );
});
