import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { validSignature } from './ed25519.ts';

test('decides the cases on which verifiers disagree by ZIP-215', () => {
  const path = new URL('../../../test/vectors/speccheck.json', import.meta.url);
  const cases: readonly Readonly<Record<'message' | 'pub_key' | 'signature', string>>[] = JSON.parse(
    readFileSync(path, 'utf8'),
  );
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'hex');
  const verdicts = cases.map((c) => validSignature(bytes(c.pub_key), bytes(c.message), bytes(c.signature)));
  expect(verdicts).toEqual([true, true, true, true, true, true, false, false, false, true]);
});
