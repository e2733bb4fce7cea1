// rxd init and the planner read the same testnet.yaml with code of their own, because the node may not know the operator:
// they must accept the same files and make the same network of them.
import { KNOWN_FIELDS, parseGenesisSpec } from '@rexnet/node/commands/spec.ts';
import { TESTNET } from '@rexnet/operator/api/testnet.ts';
import { planTestnet } from '@rexnet/operator/plan/plan.ts';
import { parseTestnetFile } from '@rexnet/rxctl/testnet-file.ts';
import { expect, test } from 'vitest';

const HEAD = 'apiVersion: rexnet.dev/v1alpha1\nkind: Testnet\nmetadata: {name: demo}\n';
const FACTS = {
  bitcoind: { kind: 'found' },
  governance: new Uint8Array(32),
  compilerHash: new Uint8Array(32),
} as const;

test('rxd knows the fields of the schema', () => {
  const fieldsOf = (...path: string[]): string[] => {
    let field: unknown = TESTNET.spec;
    for (const name of path) field = Reflect.get(Reflect.get(field as object, 'fields') as object, name);
    return Object.keys(Reflect.get(field as object, 'fields') as object).sort();
  };
  expect([...KNOWN_FIELDS.spec].sort()).toEqual(fieldsOf());
  expect([...KNOWN_FIELDS['spec.chain']].sort()).toEqual(fieldsOf('chain'));
  expect([...KNOWN_FIELDS['spec.bitcoin']].sort()).toEqual(fieldsOf('bitcoin'));
});

test.each([
  '',
  'spec: {}',
  'spec: {groups: 1}',
  'spec: {groups: 4, chain: {partitions: 4, blockGas: 1000000000000}}',
  'spec: {seed: 9007199254740991}',
  'spec: {chain: {blockInterval: 100ms}, bitcoin: {blockInterval: 1m30s}}',
  'spec: {chain: {blockInterval: 10m, difficulty: Asert, confirmations: 100}}',
  'spec: {chain: {partitions: 1, blockGas: 100000}, groups: 1}',
])('both make one network of %j', async (spec) => {
  const text = `${HEAD}${spec}\n`;
  const { chain, groups, seed, bitcoinIntervalMs } = await parseGenesisSpec('t.yaml', text);
  const read = parseTestnetFile(text);
  if (!('file' in read)) throw new Error('refused by the planner');
  const planned = planTestnet(read.file.testnet, FACTS);
  if (!('plan' in planned)) throw new Error('not planned');
  expect(planned.plan.genesis).toMatchObject({ chain, groups, seed, bitcoinIntervalMs });
});

test.each([
  'spec:',
  'spec: []',
  'spec: {group: 4}',
  'spec: {groups: 0}',
  'spec: {groups: 1025}',
  'spec: {groups: "4"}',
  'spec: {groups: 010}',
  'spec: {groups: 1.5}',
  'spec: {groups: null}',
  'spec: {groups: 257}',
  'spec: {seed: -1}',
  'spec: {seed: 9007199254740992}',
  'spec: {chain: null}',
  'spec: {chain: {userShare: 1}}',
  'spec: {chain: {partitions: 48}}',
  'spec: {chain: {partitions: 8192}}',
  'spec: {chain: {blockInterval: 99ms}}',
  'spec: {chain: {blockInterval: 10m1ms}}',
  'spec: {chain: {blockInterval: 1}}',
  'spec: {chain: {blockInterval: 1 s}}',
  'spec: {chain: {blockGas: 99999}}',
  'spec: {chain: {blockGas: 1000000000001}}',
  'spec: {chain: {difficulty: floor}}',
  'spec: {chain: {confirmations: -1}}',
  'spec: {bitcoin: {blockInterval: 1d}}',
  'spec: {bitcoin: {interval: 1s}}',
  'spec: {groups: 1, groups: 2}',
  'spec: {groups: [',
])('both refuse %j', async (spec) => {
  const text = `${HEAD}${spec}\n`;
  expect('problems' in parseTestnetFile(text)).toBe(true);
  await expect(parseGenesisSpec('t.yaml', text)).rejects.toMatchObject({ code: 'BAD_INPUT' });
});
