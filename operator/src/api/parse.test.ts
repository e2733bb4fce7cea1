import { expect, test } from 'vitest';
import { formatPath } from './check.ts';
import { changeProblems, parseTestnet } from './parse.ts';
import type { TestnetSpec } from './testnet.ts';

const document = (spec: unknown): unknown => ({
  apiVersion: 'rexnet.dev/v1alpha1',
  kind: 'Testnet',
  metadata: { name: 'demo' },
  spec,
});

function specOf(spec: unknown): TestnetSpec {
  const parsed = parseTestnet(document(spec));
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ message }) => message).join('; '));
  return parsed.testnet.spec;
}

function refusals(spec: unknown): readonly string[] {
  const parsed = parseTestnet(document(spec));
  return 'problems' in parsed ? parsed.problems.map(({ path, message }) => `${formatPath(path)} | ${message}`) : [];
}

test('an empty spec is a whole testnet', () => {
  const parsed = parseTestnet({ apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata: { name: 'demo' } });
  expect(parsed).toEqual({ testnet: { name: 'demo', spec: specOf({}) } });
  expect(specOf({})).toMatchObject({
    groups: 2,
    nodesPerGroup: 1,
    seed: 1,
    chain: { partitions: 256, blockInterval: '1s', blockGas: 4_000_000, difficulty: 'Floor', confirmations: 2 },
    bitcoin: { mode: 'Regtest', blockInterval: '10s' },
    mining: { miners: 1, cpuPercent: 10 },
    load: { tpsPerGroup: 0, workload: 'Token', generators: 1 },
    template: { resources: { cpu: '250m', memory: '384Mi' } },
    suspend: false,
  });
  expect(specOf({})).not.toHaveProperty('template.storage');
});

test('what is written stays, what is not is filled in', () => {
  expect(specOf({ template: { storage: {} }, chain: { partitions: 16 } })).toMatchObject({
    template: { storage: { size: '2Gi', className: '' } },
    chain: { partitions: 16, blockGas: 4_000_000 },
  });
});

test.each<[unknown, string]>([
  [
    { groups: 0 },
    'spec.groups | groups must be at least 1; to stop all pods and keep the data set spec.suspend to true',
  ],
  [{ groups: 2000 }, 'spec.groups | spec.groups is 2000, but must be at most 1024'],
  [
    { groups: 100, chain: { partitions: 64 } },
    'spec.groups | spec.groups is 100 but spec.chain.partitions is 64: a group needs at least one partition; use at most 64 groups',
  ],
  [
    { nodeOverrides: [{ group: 0, ordinal: 1 }] },
    'spec.nodeOverrides | spec.nodeOverrides names an ordinal that does not exist; ordinals run from 0 to nodesPerGroup - 1',
  ],
  [{ image: '-x' }, 'spec.image | image must be a reference such as ghcr.io/acme/rexnet@sha256:...'],
  [
    { chain: { blockInterval: '11m' } },
    'spec.chain.blockInterval | blockInterval must be a duration from 100ms to 10m, such as 500ms, 2s or 1m30s',
  ],
  [
    { chain: { blockGas: 5 } },
    'spec.chain.blockGas | spec.chain.blockGas is 5, but must lie between 100000 and 1000000000000',
  ],
  [
    { bitcoin: { blockInterval: '1d' } },
    'spec.bitcoin.blockInterval | bitcoin.blockInterval must be a duration such as 500ms, 2s or 1m30s (units ms, s, m, h; no spaces, no days)',
  ],
  [
    { ttl: '2d' },
    'spec.ttl | ttl must be a duration of at least 1m, such as 30m, 2h or 48h (there is no unit for days)',
  ],
  [
    { ttl: '30s' },
    'spec.ttl | ttl must be a duration of at least 1m, such as 30m, 2h or 48h (there is no unit for days)',
  ],
  [
    { template: { resources: { cpu: '10m' } } },
    'spec.template.resources.cpu | cpu must be a quantity of at least 50m, such as 250m or 2',
  ],
  [
    { template: { resources: { cpu: 0.5 } } },
    'spec.template.resources.cpu | spec.template.resources.cpu is the number 0.5, but must be a whole number or a quantity such as 250m',
  ],
  [
    { template: { storage: { size: '64Mi' } } },
    'spec.template.storage.size | storage.size must be a quantity above 64Mi, such as 2Gi',
  ],
  [{ contracts: [{}] }, 'spec.contracts[0] | spec.contracts[0].name is missing'],
  [{ contracts: [{ name: 'token' }, { name: 'token' }] }, 'spec.contracts[1] | spec.contracts lists name token twice'],
  [{ contracts: 'token' }, 'spec.contracts | spec.contracts is the text "token", but must be a list'],
  [
    { template: { nodeSelector: { zone: 1 } } },
    'spec.template.nodeSelector.zone | spec.template.nodeSelector.zone is the number 1, but must be text',
  ],
])('%j is refused', (spec, refusal) => {
  expect(refusals(spec)).toEqual([refusal]);
});

test('every problem is listed, not only the first', () => {
  expect(refusals({ groups: '4', chain: { confirmations: 101, partions: 4 } })).toHaveLength(3);
});

test.each<[string, unknown, unknown, readonly string[]]>([
  ['the chain', {}, { chain: { blockGas: 5_000_000 } }, ['spec.chain']],
  ['the seed', {}, { seed: 2 }, ['spec.seed']],
  ['the parent', {}, { bitcoin: { mode: 'None' } }, ['spec.bitcoin']],
  ['the presence of storage', {}, { template: { storage: {} } }, ['spec.template.storage']],
  ['the size of storage', { template: { storage: {} } }, { template: { storage: { size: '4Gi' } } }, []],
  ['the number of groups', {}, { groups: 4 }, []],
])('changing %s', (_what, old, next, paths) => {
  expect(changeProblems(specOf(next), specOf(old)).map(({ path }) => formatPath(path))).toEqual(paths);
});
