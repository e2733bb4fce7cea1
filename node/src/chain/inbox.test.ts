import { expect, test } from 'vitest';
import type { HeaderEntry } from '../consensus/header-entry.ts';
import type { ProvenLeaf } from '../core/layouts.ts';
import { Inbox } from './inbox.ts';

const source = { key: 'aa', id: Uint8Array.of(0xaa) } as HeaderEntry;
const leaf = (...bytes: number[]): ProvenLeaf => ({ leaf: Uint8Array.from(bytes), path: [] });
const isOurs = (_: HeaderEntry, { leaf: bytes }: ProvenLeaf) => bytes[0] === 1;

test('what memory has let go of comes from the archive', () => {
  let stored: ProvenLeaf | undefined;
  const inbox = new Inbox(isOurs, { leaf: () => stored });
  expect(inbox.get(source)).toBeUndefined();
  expect(inbox.add(source, leaf(1))).toBe('accepted');
  inbox.drop(source.key);
  expect(inbox.get(source)).toBeUndefined();
  stored = leaf(1);
  expect(inbox.get(source)).toBe(stored);
  expect(inbox.add(source, leaf(1))).toBe('known');
});

test('a leaf that is damaged on disk is none', () => {
  const inbox = new Inbox(isOurs, { leaf: () => leaf(2) });
  expect(inbox.get(source)).toBeUndefined();
  expect(inbox.add(source, leaf(1))).toBe('accepted');
});
