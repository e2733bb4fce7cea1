import { deriveKey } from '@rexnet/node/chain/keys.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { expect, test } from 'vitest';
import { paymentArgs } from './arguments.ts';
import type { Control } from './control.ts';
import type { RunReport } from './report.ts';
import { runLoad } from './run.ts';
import { readingOfRun } from './run-reading.ts';
import type { SelfWatch } from './self-watch.ts';
import { CONTRACT_OF, type LoadSpecFile, parseLoadSpec } from './spec.ts';
import { MemoryNetwork } from './testing/memory-network.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const FILES = { genesis: 'g', peers: 'p', report: 'r' };
const never = new AbortController().signal;
const nothing = { loopLagP99Ms: 0, loopLagMaxMs: 0, cpuShare: 0, cpuSeconds: 0, waitShare: 0 };
const NO_MACHINE = { busyShare: 0, foreignShare: 0, stealShare: 0, waitShare: 0, throttledShare: 0 };
const NO_WATCH: SelfWatch = { start: () => undefined, stop: () => undefined, figures: () => nothing };

/** `undefined` takes a field away. */
type Given = { readonly [K in keyof LoadSpecFile]?: LoadSpecFile[K] | undefined };

interface Fixture {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly notes: string[];
  readonly notedAtMs: number[];
  readonly reports: RunReport[];
  /** What the run is told from now on. */
  readonly control: { now?: Control };
  run(spec?: Given, stop?: AbortSignal, onEdge?: (edge: 'begin' | 'end') => void): Promise<RunReport>;
}

function aNetwork(groups = 4): Fixture {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock, groups);
  const notes: string[] = [];
  const notedAtMs: number[] = [];
  const reports: RunReport[] = [];
  const control: Fixture['control'] = {};
  const run: Fixture['run'] = (given = {}, stop = never, onEdge = () => undefined) => {
    const file = { ...FILES, workload: 'Token', contract: 'token.Token', tps: 100, seconds: 10, accountsPerGroup: 10 };
    const spec = parseLoadSpec(JSON.stringify({ ...file, ...given }));
    const { genesis } = network;
    const note = (line: string): void => {
      notes.push(line);
      notedAtMs.push(clock.nowMs());
    };
    const onProgress = (report: RunReport): void => void reports.push(report);
    const common = { spec, genesis, network, clock, note, onProgress, control: () => control.now };
    return runLoad({ ...common, onEdge, watch: NO_WATCH, versions: { load: '0', node: '0' }, stop, quit: never });
  };
  return { clock, network, notes, notedAtMs, reports, control, run };
}

test('everything offered completes, and balances are what the transactions imply', async () => {
  const { network, notes, reports, run } = aNetwork();
  const report = await run();
  network.close();
  expect(report).toMatchObject({
    ...{ done: true, offered: 1_000, completed: 1_000, failed: 0, lost: 0, doubled: 0, refused: 0, resent: 0, late: 0 },
    ...{ workload: 'Token', seed: 7, accounts: 40, offeredTps: 100, gasLimit: 28_603, refusals: {} },
    ...{ balances: 'match', balancesChecked: 40 },
    gates: { passed: true, judged: true, supply: 'conserved', lost: 0, underWay: 0, doubled: 0, balancesChecked: 40 },
  });
  expect(report.crossGroupShare).toBeGreaterThan(0.65);
  expect(report.crossGroupShare).toBeLessThan(0.85);
  expect(report.tps).toBeCloseTo(100, 0);
  expect(report.p95Ms).toBeLessThanOrEqual(7_100);
  expect(notes).toContain('40 of 40 accounts get tokens from alice');
  expect(reports.length).toBeGreaterThan(10);
  expect(reports.every(({ done }) => !done)).toBe(true);
});

test('the same seed offers the same transactions, another seed others', async () => {
  const offered = async (seed: number): Promise<string[]> => {
    const { network, run } = aNetwork(2);
    await run({ seed, seconds: 2 });
    network.close();
    return network.accepted.map(toHex);
  };
  const first = await offered(5);
  expect(first.length).toBeGreaterThan(200);
  expect(await offered(5)).toEqual(first);
  expect(await offered(6)).not.toEqual(first);
});

test('a second run finds its accounts funded and goes on with their nonces', async () => {
  const { network, notes, run } = aNetwork(2);
  await run({ seconds: 2 });
  notes.length = 0;
  expect(await run({ seconds: 2 })).toMatchObject({ offered: 200, completed: 200, balances: 'match' });
  expect(notes.filter((line) => line.includes('get tokens'))).toEqual([]);
  network.close();
});

test('what is refused counts as failed, and its sender goes on', async () => {
  const { network, run } = aNetwork(2);
  let count = 0;
  network.judge = () => (++count > 50 && count % 7 === 0 ? 'POOL_FULL' : undefined);
  const report = await run();
  network.close();
  expect(report.refused).toBeGreaterThan(100);
  expect(report.failed).toBe(report.refused);
  expect(report).toMatchObject({ offered: 1_000, lost: 0, balances: 'match' });
  // Those that only close gaps are refused as well.
  expect(report.refusals['POOL_FULL']).toBeGreaterThanOrEqual(report.refused);
  expect(report.completed).toBe(1_000 - report.refused);
});

test('what a killed node forgets and what gets lost on the way is sent again', async () => {
  const { clock, network, run } = aNetwork(2);
  const report = run({ drainSeconds: 60 });
  let batches = 0;
  network.dropsBatch = () => ++batches % 10 === 9;
  await clock.sleep(12_500);
  network.losePool(0);
  await clock.sleep(3_000);
  network.losePool(1);
  const { completed, lost, resent, doubled, balances } = await report;
  network.close();
  expect({ completed, lost, doubled, balances }).toEqual({ completed: 1_000, lost: 0, doubled: 0, balances: 'match' });
  expect(resent).toBeGreaterThan(0);
});

test('a balance that is not what it should be is named', async () => {
  const { clock, network, run } = aNetwork(2);
  const report = run({ seconds: 3 });
  await clock.sleep(10_000);
  const { address } = deriveKey(7, 'load/3');
  network.forge('token.Token', 'receive', address, paymentArgs(new Uint8Array(0), 1n).subarray(36));
  expect((await report).balances).toMatch(/^load\/3 holds \d+ tokens, its transactions imply \d+$/);
  network.close();
});

test('what a frozen group keeps is lost after the grace time, and its accounts are not judged', async () => {
  const { clock, network, run } = aNetwork(2);
  const report = run({ drainSeconds: 5, accountsPerGroup: 100, tps: 50 });
  await clock.sleep(15_000);
  network.freeze(1);
  const { offered, completed, failed, lost, balances, balancesChecked = 0 } = await report;
  network.close();
  expect(lost).toBeGreaterThan(0);
  expect(completed + failed + lost).toBe(offered);
  expect(balances).toBe('match');
  expect(balancesChecked).toBeGreaterThan(0);
  expect(balancesChecked).toBeLessThan(200);
});

test('a signal ends the offering, and what is under way is waited for', async () => {
  const { clock, network, run } = aNetwork(2);
  const stop = new AbortController();
  const file = { ...FILES, workload: 'Transfer', tps: 100, accountsPerGroup: 10 } as const;
  const report = run({ ...file, seconds: 100 }, stop.signal);
  await clock.sleep(8_000);
  stop.abort();
  const { offered, completed, balances, workload } = await report;
  network.close();
  expect(offered).toBeGreaterThan(500);
  expect(offered).toBeLessThan(900);
  expect({ completed, balances, workload }).toEqual({ completed: offered, balances: 'match', workload: 'Transfer' });
});

test('a share of crossing transfers that was asked for is kept', async () => {
  const { network, run } = aNetwork(4);
  expect((await run({ crossGroupPercent: 0, seconds: 2 })).crossGroupShare).toBe(0);
  expect((await run({ crossGroupPercent: 100, seconds: 2 })).crossGroupShare).toBe(1);
  network.close();
});

test('without its contract nothing is offered, and a stop ends the waiting', async () => {
  const { clock, network, run } = aNetwork(2);
  const stop = new AbortController();
  const report = run({ contract: 'token.Other' }, stop.signal);
  const refused = expect(report).rejects.toThrow('stopped before anything was offered');
  await clock.sleep(5_000);
  stop.abort();
  await refused;
  await expect(run({ contract: 'token.Other' })).rejects.toThrow('token.Other is not known');
  network.close();
});

test.each(['TokenGlobal', 'Airdrop', 'Poll', 'HotContract', 'HotAddress'] as const)(
  'a run of %s completes, and the chain holds what its model says',
  async (workload) => {
    const { network, run } = aNetwork(2);
    const contract = `${CONTRACT_OF[workload]}.${workload === 'Airdrop' || workload === 'Poll' || workload === 'TokenGlobal' ? workload : 'Token'}`;
    const report = await run({ workload, contract, seconds: 3, tps: 60, receivers: 4, drainSeconds: 60 });
    network.close();
    expect(report).toMatchObject({ offered: 180, completed: 180, failed: 0, lost: 0, balances: 'match' });
    expect(report.gates).toMatchObject({ passed: true, judged: true });
    expect(report.gates?.supply).toBe(
      workload === 'Airdrop' ? 'not compared: there is nothing to compare but the balances' : 'conserved',
    );
  },
);

test('the same payments leave the same balances on one, two and four groups', async () => {
  const digests: (string | undefined)[] = [];
  for (const groups of [1, 2, 4]) {
    const { network, run } = aNetwork(groups);
    const spec = { accounts: 30, transactions: 200, seconds: undefined, accountsPerGroup: undefined, seed: 3 };
    const report = await run({ ...spec, drainSeconds: 60 });
    network.close();
    expect(report).toMatchObject({ offered: 200, completed: 200, balances: 'match' });
    digests.push(report.gates?.balancesDigest);
  }
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(digests).toEqual([digests[0], digests[0], digests[0]]);
});

test('the window begins after the warm-up and ends with the offering', async () => {
  const { network, run } = aNetwork(2);
  const { window, completed } = await run({ seconds: 20, tps: 40, warmUpSeconds: 8 });
  network.close();
  expect(window?.groups).toHaveLength(2);
  expect(window?.windowMs).toBeGreaterThanOrEqual(10_000);
  expect(window?.windowMs).toBeLessThanOrEqual(13_000);
  expect(window?.completed).toBeLessThan(completed);
  expect(window?.tps).toBeGreaterThan(36);
  expect(window?.tps).toBeLessThan(44);
  expect(window?.utps).toBeGreaterThan(72);
});

test('a generator that is too slow ends in time, and says so', async () => {
  const { network, run } = aNetwork(2);
  const report = await run({ seconds: 5, tps: 200, slowdownMs: 20, drainSeconds: 30 });
  network.close();
  expect(report.invalid).toMatch(/^the generator was too slow: it sent \d+(\.\d)? % of what was due$/);
  expect(report.offered).toBe(1_000);
  expect(report.unsent).toBeGreaterThan(500);
  expect(report.completed + report.unsent).toBe(1_000);
  expect(report.generator.sentOverOffered).toBeLessThan(0.5);
});

test('the rate can be changed and the offering ended from outside', async () => {
  const { clock, network, control, notes, run } = aNetwork(2);
  const report = run({ seconds: undefined, tps: 10 });
  await clock.sleep(12_000);
  control.now = { tps: 100 };
  await clock.sleep(5_000);
  control.now = { tps: 100, stop: true };
  const { offered, completed, offeredTps, balances } = await report;
  network.close();
  expect(notes).toContain('offering 100 transactions a second from now on');
  expect({ completed, offeredTps, balances }).toEqual({ completed: offered, offeredTps: 100, balances: 'match' });
  expect(offered).toBeGreaterThan(350);
  expect(offered).toBeLessThan(800);
});

test('a rate is asked for as a multiple of what the protocol lets a group do', async () => {
  const { network, run } = aNetwork(2);
  const edges: string[] = [];
  const report = await run({ tps: undefined, overCapacity: 0.5, seconds: 12, warmUpSeconds: 1 }, never, (edge) =>
    edges.push(edge),
  );
  network.close();
  const perBlock = Math.floor(report.network.userGas / report.gasLimit);
  expect(report.offeredTps).toBe(perBlock);
  const reading = readingOfRun(report, NO_MACHINE);
  expect(reading).toMatchObject({ capacityTps: 2 * perBlock, groups: 2 });
  expect(reading.gates[0]).toMatchObject({ name: 'books', isMet: true });
  expect(edges).toEqual(['begin', 'end']);
});

test('several generators share what is offered, and the first gives the owners of the others what they hand out', async () => {
  const { network, clock, notes, run } = aNetwork(2);
  const runs = [0, 1, 2].map((generator) => run({ generator, generators: 3, seconds: 3, tps: 90 }));
  for (const report of await Promise.all(runs))
    expect(report).toMatchObject({ failed: 0, offered: 90, offeredTps: 30, accounts: 20, balances: 'match' });
  network.close();
  expect(notes.filter((line) => /^waiting for what load\/199\d is to hand out$/.test(line))).toHaveLength(2);
  expect(clock.nowMs()).toBeLessThan(120_000);
});

test('owners are given what they hand out once, however often generators begin', async () => {
  const { network, notes, run } = aNetwork(2);
  const common = { generators: 2, seconds: 2, tps: 40 };
  await Promise.all([run({ ...common, generator: 0 }), run({ ...common, generator: 1 })]);
  const sent = network.of(deriveKey(7, 'alice').address).nonce;
  notes.length = 0;
  await Promise.all([run({ ...common, generator: 0 }), run({ ...common, generator: 1 })]);
  network.close();
  // The probe alone.
  expect(network.of(deriveKey(7, 'alice').address).nonce).toBe(sent + 1);
  expect(notes.filter((line) => line.includes('hand out') || line.includes('get tokens'))).toEqual([]);
});

test.each(['Token', 'Transfer', 'Poll'] as const)(
  'generators of %s that are to start together do',
  async (workload) => {
    const { network, clock, run, notes, notedAtMs } = aNetwork(2);
    const contract = { Token: 'token.Token', Transfer: undefined, Poll: 'poll.Poll' }[workload];
    const common = { workload, contract, generators: 2, startTogether: true, seconds: 3, tps: 40, drainSeconds: 60 };
    const first = run({ ...common, generator: 0 });
    await clock.sleep(20_000);
    const second = run({ ...common, generator: 1 });
    for (const report of [await first, await second])
      expect(report).toMatchObject({
        failed: 0,
        offered: 60,
        balances: 'match',
        gates: { passed: true, judged: true },
      });
    network.close();
    const began = notedAtMs.filter((_, index) => notes[index]?.startsWith('offering') === true);
    expect(began).toHaveLength(2);
    expect(Math.abs((began[0] ?? 0) - (began[1] ?? 0))).toBeLessThan(1_000);
  },
);

test('who waits for others in vain says how many came', async () => {
  const { network, run } = aNetwork(1);
  const common = { workload: 'Transfer', contract: undefined, generators: 3, startTogether: true } as const;
  const runs = [0, 1].map((generator) => run({ ...common, generator }));
  for (const one of runs) await expect(one).rejects.toThrow('2 of 3 generators are ready');
  network.close();
});
