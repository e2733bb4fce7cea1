import { expect, test } from 'vitest';
import { type ConditionType, type NodeObserved, type Observed, type StatusCondition, statusOf } from './status.ts';

const node = (name: string, change: Partial<NodeObserved> = {}): NodeObserved => ({
  name,
  process: 'Running',
  answer: { height: 12, tipAgeMs: 900, inSync: true },
  ...change,
});

const healthy: Observed = {
  groups: [
    { group: 0, nodes: [node('g0-n0')] },
    { group: 1, nodes: [node('g1-n0')] },
  ],
  blockIntervalMs: 1_000,
  miners: { wanted: 1, running: 1 },
  firstBlockMs: 3_400,
  contracts: [{ name: 'token', state: 'Deployed' }],
  bitcoin: { kind: 'regtest', height: 107 },
  load: { wantedTps: 200, isRunning: true },
  isDataDurable: true,
  isSuspended: false,
  tps: 199.96,
};

function condition(observed: Observed, type: ConditionType): StatusCondition {
  const found = statusOf(observed).conditions.find((each) => each.type === type);
  if (found === undefined) throw new Error(`no condition ${type}`);
  return found;
}

test('a healthy network', () => {
  const status = statusOf(healthy);
  expect(status).toMatchObject({
    phase: 'Healthy',
    groupsText: '2/2',
    nodesText: '2/2',
    minHeight: 12,
    tps: '200.0',
    firstBlockAfter: '3.4s',
    bitcoinText: 'btc#107',
  });
  expect(status.conditions.map(({ type, status: value }) => `${type}=${value}`)).toEqual([
    'Ready=True',
    'FirstBlock=True',
    'ContractsReady=True',
    'BitcoinReady=True',
    'DataSafe=True',
    'LoadRunning=True',
  ]);
});

const { answer: _answer, ...mute } = node('g1-n0');
const { firstBlockMs: _first, ...young } = healthy;
const withSecond = (second: NodeObserved): Observed => ({
  ...healthy,
  groups: [
    { group: 0, nodes: [node('g0-n0')] },
    { group: 1, nodes: [second] },
  ],
});

test.each<[string, Observed, ConditionType, string, string]>([
  [
    'a stopped node',
    withSecond(node('g1-n0', { process: 'Restarting' })),
    'Ready',
    'NodesNotRunning',
    'g1-n0 is not running; rxctl logs g1-n0 says why.',
  ],
  [
    'a mute node',
    withSecond(mute),
    'Ready',
    'Unreachable',
    'g1-n0 does not answer yet; if this lasts, rxctl logs g1-n0 says why.',
  ],
  [
    'no miner asked',
    { ...healthy, miners: { wanted: 0, running: 0 } },
    'Ready',
    'NoMiner',
    'spec.mining.miners is 0, so no block is made; set it to 1.',
  ],
  [
    'a dead miner',
    { ...healthy, miners: { wanted: 1, running: 0 } },
    'Ready',
    'MinerNotRunning',
    'No miner is running, so no block is made; rxctl logs miner-0 says why.',
  ],
  [
    'no block yet',
    {
      ...young,
      groups: [
        { group: 0, nodes: [node('g0-n0')] },
        { group: 1, nodes: [node('g1-n0', { answer: { height: 0, tipAgeMs: 10, inSync: true } })] },
      ],
    },
    'FirstBlock',
    'WaitingForFirstBlock',
    'Group 1 has no block yet; Ready says what it waits for.',
  ],
  [
    'a node that catches up',
    withSecond(node('g1-n0', { answer: { height: 3, tipAgeMs: 10, inSync: false } })),
    'Ready',
    'CatchingUp',
    'g1-n0 is still fetching blocks; nothing to do but wait.',
  ],
  [
    'a silent group',
    withSecond(node('g1-n0', { answer: { height: 3, tipAgeMs: 48_000, inSync: true } })),
    'Ready',
    'GroupSilent',
    'Group 1 has been silent for 48s: relays from it wait; rxctl logs g1-n0 and rxctl logs miner-0 say why.',
  ],
  [
    'a node alone in its group, with its chain in memory, that catches up',
    { ...withSecond(node('g1-n0', { answer: { height: 3, tipAgeMs: 10, inSync: false } })), copies: 1 },
    'Ready',
    'CatchingUp',
    'g1-n0 is still fetching blocks; nobody else has those of its group, so if it lost them with its pod they are gone: then delete the Testnet and apply it again.',
  ],
  [
    'suspended, with the chains in memory',
    { ...healthy, isSuspended: true, copies: 2 },
    'Ready',
    'Suspended',
    'Everything is stopped, and with it went the chains, which lay in memory; set spec.suspend to false to begin them anew, and make a Testnet with spec.template.storage to keep them.',
  ],
  [
    'suspended',
    { ...healthy, isSuspended: true },
    'Ready',
    'Suspended',
    'Everything is stopped and the data is kept; set spec.suspend to false to go on.',
  ],
  [
    'a failed contract',
    { ...healthy, contracts: [{ name: 'mine', state: 'Failed', detail: '3:E46' }] },
    'ContractsReady',
    'DeploymentFailed',
    'mine was not deployed: 3:E46. Correct its source; those after it wait.',
  ],
  [
    'generators that are missing',
    { ...healthy, load: { wantedTps: 200, isRunning: true, generators: { wanted: 3, running: 2 } } },
    'LoadRunning',
    'GeneratorsMissing',
    '2 of 3 generators run, so less than 200 transactions a second are offered; rxctl logs load says why.',
  ],
  [
    'a waiting contract',
    { ...healthy, contracts: [{ name: 'token', state: 'Waiting' }], load: { wantedTps: 200, isRunning: false } },
    'LoadRunning',
    'WaitingForContracts',
    'Load begins when the contracts are deployed; see ContractsReady.',
  ],
  [
    'no bitcoind',
    { ...healthy, bitcoin: { kind: 'absent', reason: 'no bitcoind in PATH' } },
    'BitcoinReady',
    'NoBitcoind',
    'no bitcoind in PATH. Mining goes on over a toy parent chain; install bitcoind or set REXNET_BITCOIND, or write bitcoin: {mode: None}.',
  ],
  [
    'data in memory',
    { ...healthy, isDataDurable: false },
    'DataSafe',
    'SingleCopyInMemory',
    'The only copy of a chain lies in memory: a drain loses it; set nodesPerGroup to 2 or more, or make a Testnet with spec.template.storage.',
  ],
])('%s', (_what, observed, type, reason, message) => {
  expect(condition(observed, type)).toMatchObject({ reason, message });
  expect(condition(observed, type).status).not.toBe('True');
});

test('several copies that go with their pods are called no disk', () => {
  expect(condition(healthy, 'DataSafe')).toMatchObject({ status: 'True', reason: 'OnDisk' });
  const { status, reason, message } = condition({ ...healthy, copies: 2 }, 'DataSafe');
  expect([status, reason]).toEqual(['True', 'SeveralCopies']);
  expect(message).toContain('2 copies, each of which goes with its pod');
});

test('a reason and a sentence fit what Kubernetes allows', () => {
  for (const { reason, message } of statusOf(healthy).conditions) {
    expect(reason).toMatch(/^[A-Z][A-Za-z0-9]*$/);
    expect(message.length).toBeLessThanOrEqual(1024);
  }
});
