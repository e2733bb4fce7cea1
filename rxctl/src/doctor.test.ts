import { expect, test } from 'vitest';
import { allChecks, type Check, type MachineFacts, type NetworkFacts, quickChecks } from './doctor.ts';

const MACHINE: MachineFacts = {
  cores: 2,
  memoryBytes: 4e9,
  nodeVersion: '24.21.0',
  disk: { folder: '/data', freeBytes: 50e9, fsyncMs: 4.2 },
  clock: {
    nowMs: Date.parse('2026-11-21T12:00:00Z'),
    newestSourceMs: Date.parse('2026-11-20T12:00:00Z'),
    driftMs: 0.2,
  },
};
const NETWORK: NetworkFacts = {
  groups: 4,
  nodes: 4,
  blockIntervalMs: 1_000,
  bitcoind: { kind: 'found', command: '/usr/bin/bitcoind', version: 'Bitcoin Core v28' },
  ports: { wanted: 0, taken: [] },
  leftovers: [],
};

function line({ name, result, fact, cure }: Check): string {
  return `${result} ${name}: ${fact}${cure === undefined ? '' : ` | ${cure}`}`;
}

test('a good machine passes everything', () => {
  expect(allChecks(MACHINE, NETWORK).map(line)).toEqual([
    'pass node: Node 24.21.0',
    'pass cores: 2 cores for 4 groups',
    'pass memory: 3.7 GiB free, 4 nodes may take 1.4 GiB',
    'pass disk: 46.6 GiB free in /data',
    'pass fsync: a write is safe after 4.2 ms (95 %), a block takes 1000 ms',
    'pass clock: moved 0.2 ms against the steady clock',
    'pass bitcoind: Bitcoin Core v28 at /usr/bin/bitcoind',
    'pass ports: chosen at the first start',
    'pass leftovers: no process without somebody who looks after it',
  ]);
});

test.each<[Partial<MachineFacts>, Partial<NetworkFacts>, string]>([
  [
    { nodeVersion: '20.20.2' },
    {},
    'fail node: Node 20.20.2 | use Node 24 or newer; npm start and npx rxctl bring their own',
  ],
  [
    { cores: 1 },
    {},
    'warn cores: 1 core for 4 groups | it runs, but slowly: 2 cores carry it well, or lower spec.groups and spec.load.tpsPerGroup',
  ],
  [
    { memoryBytes: 1e9 },
    {},
    'warn memory: 954 MiB free, 4 nodes may take 1.4 GiB | close other programs, or lower spec.groups or spec.nodesPerGroup',
  ],
  [
    { memoryBytes: 1e9 },
    { groups: 8, nodes: 16 },
    'fail memory: 954 MiB free, 16 nodes may take 3.6 GiB | lower spec.groups or spec.nodesPerGroup, or find a larger machine',
  ],
  [
    { disk: { folder: '/data', freeBytes: 1e9, fsyncMs: 4 } },
    {},
    'warn disk: 954 MiB free in /data | enough for hours, not for days: free some space, or choose another folder with --dir',
  ],
  [
    { disk: { folder: '/data', freeBytes: 1e8, fsyncMs: 4 } },
    {},
    'fail disk: 95.4 MiB free in /data | free some space, or choose another folder with --dir',
  ],
  [
    { disk: { folder: '/data', problem: 'EROFS: read-only file system' } },
    {},
    'fail disk: /data: EROFS: read-only file system | choose a folder you may write: --dir',
  ],
  [
    { disk: { folder: '/data', freeBytes: 50e9, fsyncMs: 80 } },
    {},
    'warn fsync: a write is safe after 80.0 ms (95 %), a block takes 1000 ms | put the data on a faster disk with --dir, or lengthen spec.chain.blockInterval',
  ],
  [
    { disk: { folder: '/data', freeBytes: 50e9, fsyncMs: 80 } },
    { blockIntervalMs: 100 },
    'fail fsync: a write is safe after 80.0 ms (95 %), a block takes 100 ms | put the data on a faster disk with --dir, or lengthen spec.chain.blockInterval',
  ],
  [
    { clock: { nowMs: 0, newestSourceMs: 1, driftMs: 0 } },
    {},
    'fail clock: the clock says 1970-01-01T00:00:00.000Z, before this program was written | set the clock: blocks carry the time of day',
  ],
  [
    { clock: { nowMs: 2, newestSourceMs: 1, driftMs: -900 } },
    {},
    'warn clock: moved -900.0 ms against the steady clock | something sets the clock in jumps; blocks wait while it stands in the past',
  ],
  [{}, { bitcoind: { kind: 'unwanted' } }, 'pass bitcoind: not wanted: spec.bitcoin.mode is None'],
  [
    {},
    { bitcoind: { kind: 'found', command: '/x/bitcoind', version: undefined } },
    'fail bitcoind: /x/bitcoind does not run | install another, or name one with REXNET_BITCOIND',
  ],
  [
    {},
    { ports: { wanted: 8, taken: [{ name: 'g0-n0.grpc', port: 4012 }] } },
    'warn ports: 1 of 8 are taken, such as 4012 of g0-n0.grpc | nothing to do: rxctl up chooses others; who wrote them down looks at rxctl status',
  ],
  [
    {},
    { leftovers: ['g0-n0', 'miner-0'] },
    'warn leftovers: g0-n0, miner-0 run and nobody looks after them | rxctl up goes on with them, rxctl down ends them',
  ],
])('%j %j', (machine, network, told) => {
  expect(allChecks({ ...MACHINE, ...machine }, { ...NETWORK, ...network }).map(line)).toContain(told);
});

test('what up looks at itself writes nothing', () => {
  expect(quickChecks(MACHINE, 4, 4).map(({ name }) => name)).toEqual(['node', 'cores', 'memory', 'disk']);
});
