import { expect, test } from 'vitest';
import { testHeader } from '../consensus/testing/header-world.ts';
import { sha256d } from '../core/hash.ts';
import { HEADER } from '../core/layouts.ts';
import { Desk } from './desk.ts';
import type { Template } from './ports.ts';

function template(group: number, notBeforeMs: number, options: { parent?: number; body?: number } = {}): Template {
  const header = HEADER.encode(
    testHeader(group, {
      height: 1,
      parent: new Uint8Array(32).fill(options.parent ?? 0),
      timestampMs: notBeforeMs,
      target: 0x207fffff,
      transactionsRoot: new Uint8Array(32).fill(options.body ?? 0),
    }),
  );
  return { group, header, blockId: sha256d(header), targetBits: 0x207fffff, timestampMs: notBeforeMs, notBeforeMs };
}

const groupsOf = (templates: readonly Template[]) => templates.map((t) => t.group);

test('a template is searched from its lead time on, together with those that follow closely', () => {
  const desk = new Desk(10);
  desk.put(template(2, 1_005));
  desk.put(template(1, 1_000));
  desk.put(template(3, 2_000));
  expect(desk.due(989)).toEqual([]);
  expect(desk.nextDueMs(989)).toBe(990);
  expect(groupsOf(desk.due(990))).toEqual([1, 2]);
  expect(desk.nextDueMs(996)).toBe(1_990);
  desk.clear(1);
  expect(groupsOf(desk.due(1_000))).toEqual([2]);
});

test('a solved group rests until its next parent, whatever newer template it sends on the old one', () => {
  const desk = new Desk(10);
  const first = template(1, 1_000);
  desk.put(first);
  desk.solved(first, 995);
  expect(desk.due(1_000)).toEqual([]);
  expect(desk.isSolved(template(1, 1_000, { body: 1 }), 1_000)).toBe(true);
  desk.put(template(1, 1_000, { body: 1 }));
  expect(desk.due(1_001)).toEqual([]);
  desk.put(template(1, 1_100, { parent: 1 }));
  expect(groupsOf(desk.due(1_090))).toEqual([1]);
});

test('a group that does not move on is mined again, sooner after a refusal', () => {
  const desk = new Desk(10);
  const first = template(1, 1_000);
  desk.put(first);
  desk.solved(first, 1_000);
  expect(desk.nextDueMs(1_000)).toBe(3_000);
  desk.refused(first, 1_010);
  expect(desk.nextDueMs(1_010)).toBe(1_260);
  expect(groupsOf(desk.due(1_260))).toEqual([1]);
});

test('nothing to come means no alarm', () => {
  expect(new Desk(10).nextDueMs(0)).toBe(Number.POSITIVE_INFINITY);
});
