import { expect, test } from 'vitest';
import type { Condition } from '../api/conditions.ts';
import { changeOf, type Judged, turnsOf, withHistory } from './conditions.ts';

const EARLY = '2026-01-01T00:00:00Z';
const LATE = '2026-01-01T00:05:00Z';
const ready: Judged = { type: 'Ready', status: 'True', reason: 'BlocksGrow', message: 'All is well.' };
const firstBlock: Judged = { type: 'FirstBlock', status: 'True', reason: 'AllGroups', message: 'After 9 s.' };

function history(judged: readonly Judged[], before: readonly Condition[] = [], generation = 1, now = EARLY) {
  return withHistory(before, judged, generation, now);
}

test('a condition keeps the time it turned, and every one carries the new generation', () => {
  const before = history([ready, firstBlock]);
  const after = history([{ ...ready, status: 'False', reason: 'GroupSilent' }, firstBlock], before, 2, LATE);
  expect(after.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual([LATE, EARLY]);
  expect(after.map(({ observedGeneration }) => observedGeneration)).toEqual([2, 2]);
});

test('a sentence that the API server would refuse is cut', () => {
  const [long] = history([{ ...ready, message: 'x'.repeat(5_000) }]);
  expect(long?.message).toHaveLength(1024);
});

test.each([
  ['CrashLoopBackOff', 'CrashLoopBackOff'],
  ['exec failed: no such file', 'Other'],
  ['', 'Other'],
  [`A${'b'.repeat(64)}`, 'Other'],
])('the reason %s is written as %s', (given, written) => {
  expect(history([{ ...ready, reason: given }])[0]?.reason).toBe(written);
});

test('no half a character is written: the server would give back another text', () => {
  const [cut] = history([{ ...ready, message: `${'x'.repeat(1022)}😀${'y'.repeat(9)}` }]);
  expect(cut?.message.isWellFormed()).toBe(true);
  expect(cut?.message).toHaveLength(1024);
});

test.each([
  ['nothing turned', [ready], [ready], []],
  ['it turned', [{ ...ready, status: 'False' as const }], [ready], ['Ready']],
  ['good news that were there from the beginning', [], [ready, firstBlock], []],
  [
    'bad news from the beginning',
    [],
    [{ type: 'Stalled', status: 'True' as const, reason: 'X', message: '' }],
    ['Stalled'],
  ],
  [
    'bad news of another kind',
    [{ type: 'Scheduled', status: 'False' as const, reason: 'QuotaExceeded', message: '' }],
    [{ type: 'Scheduled', status: 'False' as const, reason: 'PodForbidden', message: '' }],
    ['Scheduled'],
  ],
  [
    'another reason of what is just not there yet',
    [{ ...ready, status: 'False' as const, reason: 'NodesStarting' }],
    [{ ...ready, status: 'False' as const, reason: 'CatchingUp' }],
    [],
  ],
])('what is worth an event: %s', (_, before, after, expected) => {
  const old = history(before);
  expect(turnsOf(old, history(after, old)).map(({ condition }) => condition.type)).toEqual(expected);
});

test('figures and sentences may wait, anything else may not', () => {
  const before = { height: 7, image: 'a', observedGeneration: 1, conditions: history([ready]) };
  const figures = ['height'];
  expect(changeOf(before, { ...before }, figures)).toBe('none');
  expect(changeOf(before, { ...before, height: 8 }, figures)).toBe('figures');
  expect(changeOf(before, { ...before, conditions: history([{ ...ready, message: 'Better.' }]) }, figures)).toBe(
    'figures',
  );
  expect(changeOf(before, { ...before, image: 'b' }, figures)).toBe('state');
  expect(changeOf(before, { ...before, observedGeneration: 2 }, figures)).toBe('state');
  expect(changeOf(before, { ...before, conditions: history([{ ...ready, reason: 'Other' }]) }, figures)).toBe('state');
});
