// The fields of a Testnet's spec, which are the values of charts/testnet. A narrowing, nothing else.
import type { Fields } from '@rexnet/operator/api/schema.ts';
import { TESTNET } from '@rexnet/operator/api/testnet.ts';

export function specFields(): Fields {
  const { spec } = TESTNET;
  if (spec.kind !== 'object') throw new TypeError('the spec of a Testnet is no object');
  return spec.fields;
}
