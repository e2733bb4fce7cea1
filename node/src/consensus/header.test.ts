import { expect, test } from 'vitest';
import { HEADER, type Header } from '../core/layouts.ts';
import { blockId, parseHeader } from './header.ts';
import type { HeaderEntry } from './header-entry.ts';
import { bitsFromTarget, targetForHashes } from './target.ts';
import { HeaderWorld, nextHeader, TEST_PARAMS, testHeader } from './testing/header-world.ts';

const NOW_MS = 50_000;

function parse(bytes: Uint8Array) {
  return parseHeader(TEST_PARAMS, blockId(bytes), bytes);
}

test.each<[string, Partial<Header>, string]>([
  ['another version', { version: 2 }, 'WRONG_VERSION'],
  ['another network', { networkId: Uint8Array.of(1, 1, 1, 1) }, 'WRONG_NETWORK'],
  ['a target easier than the floor', { target: bitsFromTarget(targetForHashes(2n)) }, 'WRONG_TARGET'],
  ['an impossible target', { target: 0xff00_0001 }, 'WRONG_TARGET'],
  ['a checkpoint where none is due', { height: 5, checkpointRoot: new Uint8Array(32).fill(1) }, 'CHECKPOINT_MISPLACED'],
  ['reads of itself', { reads: [{ group: 0, height: 1, id: new Uint8Array(32) }] }, 'READS_UNSORTED'],
  ['reads twice', { reads: [1, 1].map((group) => ({ group, height: 1, id: new Uint8Array(32) })) }, 'READS_UNSORTED'],
])('%s is refused', (_, changes, code) => {
  expect(parse(HEADER.encode(testHeader(0, changes)))).toBe(code);
});

test('strict decoding: nothing may follow, nothing may lack', () => {
  const bytes = HEADER.encode(testHeader(0, {}));
  expect(typeof parse(bytes)).toBe('object');
  expect(parse(bytes.subarray(0, -1))).toBe('MALFORMED');
  expect(parse(Uint8Array.of(...bytes, 0))).toBe('MALFORMED');
});

function judged(change: (header: Header, world: HeaderWorld, source: HeaderEntry) => Partial<Header>) {
  const world = new HeaderWorld(2, TEST_PARAMS);
  const source = world.line(world.tree.root(0), 2, 0).ancestorAt(1)!;
  const header = nextHeader(world.tree.root(1), [source], 1);
  return world.offer(HEADER.encode({ ...header, ...change(header, world, source) }), NOW_MS);
}

test.each<[string, Parameters<typeof judged>[0], string]>([
  ['a gap in height', () => ({ height: 2 }), 'WRONG_HEIGHT'],
  ['less than an interval', () => ({ timestampMs: 999 }), 'TOO_EARLY'],
  ['a target harder than due', () => ({ target: bitsFromTarget(targetForHashes(5_000n)) }), 'WRONG_TARGET'],
  ['an epoch its cursor does not give', () => ({ epoch: 1 }), 'WRONG_EPOCH'],
  ['a parent of another group', (_, world) => ({ parent: world.tree.root(0).id }), 'UNKNOWN_GROUP'],
  [
    'a read that lies about its height',
    (header, _, source) => ({ reads: [{ ...header.reads[0]!, height: source.height + 1 }] }),
    'READ_MISMATCH',
  ],
])('%s is refused', (_, change, code) => {
  expect(judged(change)).toEqual({ kind: 'refused', code });
});

test('what is unknown or in the future waits', () => {
  const missing = new Uint8Array(32).fill(3);
  expect(judged(() => ({ parent: missing }))).toMatchObject({
    kind: 'wait',
    waits: [{ reason: 'parent', id: missing }],
  });
  expect(judged(() => ({ reads: [{ group: 0, height: 7, id: missing }] }))).toMatchObject({
    kind: 'wait',
    waits: [{ reason: 'source', height: 7, id: missing }],
  });
  expect(judged(() => ({ timestampMs: NOW_MS + 1_000 })).kind).toBe('valid');
  expect(judged(() => ({ timestampMs: NOW_MS + 1_500 }))).toEqual({
    kind: 'wait',
    waits: [{ reason: 'future', untilMs: NOW_MS + 500 }],
  });
});

test('an epoch nobody has a map of is refused in every group, and one whose update is not shown is not judged', () => {
  const world = new HeaderWorld(2, TEST_PARAMS);
  for (const [group, epoch, code] of [
    [0, 1, 'BAD_WITNESS'],
    [0, 2, 'WRONG_EPOCH'],
    [1, 1, 'WRONG_EPOCH'],
  ] as const) {
    const header = nextHeader(world.tree.root(group), [], 1);
    expect(world.offer(HEADER.encode({ ...header, epoch }), NOW_MS)).toEqual({ kind: 'refused', code });
  }
});
