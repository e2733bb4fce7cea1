import { expect, test } from 'vitest';
import { staleDocuments } from './documents.ts';

test('the generated documents are what the code says', () => {
  expect(staleDocuments()).toEqual([]);
});
