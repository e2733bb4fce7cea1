// A stored Testnet as its spec is understood here. It has all defaults already; one of a newer operator may say what this rxctl
// does not know.
import { parseTestnet } from '@rexnet/operator/api/parse.ts';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import type { TestnetObject } from '@rexnet/operator/controllers/collections.ts';
import { CliError, EXIT } from '../exit.ts';

export function testnetOf({ apiVersion, kind, metadata: { name }, spec }: TestnetObject): Testnet {
  const parsed = parseTestnet({ apiVersion, kind, metadata: { name }, ...(spec === undefined ? {} : { spec }) });
  if ('testnet' in parsed) return parsed.testnet;
  const [first] = parsed.problems;
  throw new CliError(
    EXIT.error,
    `Testnet ${name} is of another version: ${first?.message ?? 'its spec is not understood'}`,
    'use the version that made it',
  );
}
