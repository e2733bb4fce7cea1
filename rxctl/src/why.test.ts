import { expect, test } from 'vitest';
import type { Snapshot } from './sources/source.ts';
import { PLAIN } from './style.ts';
import { aDeadNode, aMuteNode, aNode, aSnapshot } from './testing/small-snapshot.ts';
import { objectMeant, suspectsOf, whyOf } from './why.ts';
import { describeWhy } from './why-text.ts';

const SILENT: ReadonlyMap<string, string> = new Map();
const inUse = new Map([['g1-n0', 'Error: listen EADDRINUSE: address already in use 127.0.0.1:4012']]);
const dead = aDeadNode('g1-n0', { restarts: 3 });

const unattended = { isLookedAfter: false };

test.each<[string, Snapshot, string | undefined, ReadonlyMap<string, string>, string]>([
  ['all well', aSnapshot(), undefined, SILENT, 'demo is Healthy: All 2 groups make blocks.'],
  [
    'all well and nobody there',
    aSnapshot({ snapshot: unattended }),
    undefined,
    SILENT,
    'demo is Healthy: All 2 groups make blocks.\n  ← rxctl up does not run, so what ends stays down\ncure: look after it again: rxctl up',
  ],
  [
    'no first block because a node cannot listen',
    aSnapshot({ nodes: [dead], isYoung: true }),
    undefined,
    inUse,
    'demo is Starting: FirstBlock is False.\n  ← FirstBlock Group 1 has no block yet\n    ← group 1 has no node that answers\n      ← g1-n0 is not running, after 3 restarts\n        ← log of g1-n0 Error: listen EADDRINUSE: address already in use 127.0.0.1:4012\ncure: another program took its port: rxctl down, then rxctl up, which chooses another\nalso not met: Ready',
  ],
  [
    'no first block because bitcoind does not answer',
    aSnapshot({
      nodes: [aNode('g0-n0', { height: 0 }), aNode('g1-n0', { height: 0 })],
      isYoung: true,
      observed: { bitcoin: { kind: 'regtest' } },
    }),
    undefined,
    new Map([['bitcoind', 'Error: Cannot obtain a lock on data directory']]),
    'demo is Starting: FirstBlock is False.\n  ← FirstBlock Group 0 has no block yet\n    ← group 0 has no block yet\n      ← bitcoind does not answer, so the miner has no parent to work on\n        ← log of bitcoind Error: Cannot obtain a lock on data directory\ncure: rxctl logs bitcoind\nalso not met: Ready, BitcoinReady',
  ],
  [
    'no first block because nobody mines',
    aSnapshot({
      nodes: [aNode('g0-n0', { height: 0 }), aNode('g1-n0', { height: 0 })],
      isYoung: true,
      observed: { miners: { wanted: 0, running: 0 } },
    }),
    undefined,
    SILENT,
    'demo is Starting: FirstBlock is False.\n  ← FirstBlock Group 0 has no block yet\n    ← group 0 has no block yet\n      ← spec.mining.miners is 0, so nobody searches\ncure: set it to 1, then rxctl up\nalso not met: Ready',
  ],
  [
    'a network that was left',
    aSnapshot({ nodes: [aDeadNode('g0-n0'), aDeadNode('g1-n0')], snapshot: unattended }),
    undefined,
    SILENT,
    'demo is Degraded: Ready is False.\n  ← Ready g0-n0 and g1-n0 are not running\n    ← g0-n0 is not running\n      ← rxctl up does not run, so what ends stays down\ncure: look after it again: rxctl up',
  ],
  [
    'a network whose rxctl said why it went',
    aSnapshot({ nodes: [aDeadNode('g0-n0'), aDeadNode('g1-n0')], snapshot: unattended }),
    'g0-n0',
    new Map([
      ['g0-n0', 'stopped'],
      ['rxctl', 'error: network demo was made with another version of the compiler, and its nodes would refuse to run'],
    ]),
    'g0-n0 is not running.\n  ← log of g0-n0 stopped\n    ← rxctl up ended: network demo was made with another version of the compiler, and its nodes would refuse to run\ncure: check out the version it was made with, or begin anew: rxctl down --purge',
  ],
  [
    'a node that does not answer',
    aSnapshot({ nodes: [aMuteNode('g1-n0')] }),
    undefined,
    SILENT,
    'demo is Degraded: Ready is Unknown.\n  ← Ready g1-n0 does not answer yet\n    ← g1-n0 runs as process 4000 and does not answer\ncure: rxctl logs g1-n0',
  ],
  [
    'a node that catches up alone',
    aSnapshot({ nodes: [aNode('g1-n0', { isInSync: false, height: 7, peers: 0 })], groups: [{}, { height: 42 }] }),
    undefined,
    SILENT,
    'demo is Degraded: Ready is False.\n  ← Ready g1-n0 is still fetching blocks\n    ← g1-n0 is at height 7 and its group at 42\n      ← g1-n0 has no peers to fetch blocks from\ncure: rxctl logs g1-n0',
  ],
  [
    'the only node of a group, without its blocks',
    aSnapshot({ nodes: [aNode('g1-n0', { isInSync: false, height: 0 })], groups: [{}, { height: 0 }] }),
    'g1-n0',
    SILENT,
    'g1-n0 is at height 0, and nobody else has the blocks of its group.\ncure: wait a little; if its blocks are gone, begin anew: rxctl down --purge, then rxctl up',
  ],
  [
    'a silent group without a miner',
    aSnapshot({ groups: [{}, { tipAgeMs: 48_000 }], observed: { miners: { wanted: 1, running: 0 } } }),
    'g1',
    new Map([['miner-0', 'FATAL: cannot read genesis.bin']]),
    'group 1 has been silent for 48 s.\n  ← miner-0 is not running\n    ← log of miner-0 FATAL: cannot read genesis.bin\ncure: rxctl logs miner-0',
  ],
  [
    'a group that complains of a reorganisation',
    aSnapshot({
      nodes: [
        aNode('g1-n0', {
          conditions: [
            {
              type: 'DeepReorg',
              status: 'True',
              reason: 'BeyondUndo',
              message: 'the chosen chain left ours; start this node again on an empty data folder',
            },
          ],
        }),
      ],
    }),
    'group 1',
    SILENT,
    'group 1 has a node in trouble.\n  ← g1-n0 complains of DeepReorg: the chosen chain left ours\ncure: start this node again on an empty data folder',
  ],
  [
    'a contract that does not compile keeps the load waiting',
    aSnapshot({
      observed: {
        contracts: [{ name: 'mine', state: 'Failed', detail: '3:E46' }],
        load: { wantedTps: 200, isRunning: false },
      },
    }),
    'load',
    SILENT,
    'demo is Healthy: LoadRunning is False.\n  ← LoadRunning Load begins when the contracts are deployed\n    ← ContractsReady mine was not deployed: 3:E46. Correct its source\ncure: correct the source, then rxctl up again\nalso not met: ContractsReady',
  ],
  [
    'a load that nobody asked for',
    aSnapshot({ observed: { load: { wantedTps: 0, isRunning: false } } }),
    'loadrunning',
    SILENT,
    'LoadRunning is False: spec.load.tpsPerGroup is 0.',
  ],
  ['a node that is well', aSnapshot(), 'g0-n0', SILENT, 'g0-n0 runs, answers and is in sync.'],
  ['a group that is well', aSnapshot(), 'group/0', SILENT, 'Group 0 makes blocks.'],
  [
    'suspended',
    aSnapshot({
      nodes: [aDeadNode('g0-n0', { process: 'Stopped' }), aDeadNode('g1-n0', { process: 'Stopped' })],
      isYoung: true,
      observed: { isSuspended: true },
    }),
    undefined,
    SILENT,
    'demo is Suspended: Ready is False.\n  ← Ready Everything is stopped and the data is kept\ncure: set spec.suspend to false, then rxctl up\nalso not met: FirstBlock',
  ],
])('%s', (_what, snapshot, object, words, text) => {
  const why = whyOf(snapshot, object, (name) => words.get(name));
  expect(why === undefined ? undefined : describeWhy(why, PLAIN)).toBe(text);
});

test('an object there is not is named with what was meant', () => {
  expect(whyOf(aSnapshot(), 'g7', () => undefined)).toBeUndefined();
  expect(objectMeant(aSnapshot(), 'g1n0')).toBe('g1-n0');
  expect(objectMeant(aSnapshot(), 'FirstBlok')).toBe('FirstBlock');
});

test('logs are read of who is silent, and of those the whole network waits for', () => {
  expect(suspectsOf(aSnapshot({ nodes: [aMuteNode('g1-n0')] }))).toEqual([
    'g1-n0',
    'miner-0',
    'bitcoind',
    'load',
    'rxctl',
  ]);
});
