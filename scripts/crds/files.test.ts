import { crdOf } from '@rexnet/operator/api/crd.ts';
import { KINDS } from '@rexnet/operator/api/kinds.ts';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { crdFiles, staleCrds } from './files.ts';

test('the CRDs of the chart are what the definitions say', () => {
  expect(staleCrds()).toEqual([]);
});

test('a file says what its definition says, and a removed chart keeps the CRDs', () => {
  const written = [...crdFiles().values()].map((text) => parse(text, { version: '1.1' }));
  expect(written).toEqual(KINDS.map((definition) => JSON.parse(JSON.stringify(crdOf(definition)))));
  for (const crd of written) expect(crd.metadata.annotations['helm.sh/resource-policy']).toBe('keep');
});
