import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { testnetCrd } from './crd.ts';

test('the definition yields exactly the CRD that a real API server accepted', () => {
  const accepted = parse(readFileSync(new URL('./testdata/testnet-crd.yaml', import.meta.url), 'utf8'));
  expect(JSON.parse(JSON.stringify(testnetCrd()))).toEqual(accepted);
});
