// Garbage on every port while honest traffic goes on: each piece is refused in words, waits, or costs its sender the
// connection; nothing crashes, nothing grows, nobody else is slowed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Random } from '../../load/src/random.ts';
import { addressOf } from '../../rxctl/src/local/children.ts';
import { readState } from '../../rxctl/src/local/state.ts';
import { CarriedRate } from './carried-rate.ts';
import { COUNTS, SEED } from './counts.ts';
import { Attacker } from './garbage-attacks.ts';
import { World } from './garbage-world.ts';
import { Generator } from './generator.ts';
import { ownMib } from './memory.ts';
import { sharedTestnet, type Testnet } from './testnet.ts';
import { Transfers } from './transfers.ts';
import { until } from './until.ts';

const TPS = 100;
/** A debit and its credit. */
const INVOCATIONS_PER_TRANSFER = 2;
const RATE_MIN = 0.95;
const AT_ONCE = 24;
const GROWTH_MIB_MAX = 10;
const SETTLE_MAX_MS = 60_000;

test(`${COUNTS.garbageInputs} pieces of garbage harm nobody`, { timeout: 1_200_000 }, async () => {
  const testnet = sharedTestnet();
  await testnet.up();
  const network = await testnet.network();
  const world = await worldOf(testnet);
  const attacker = new Attacker(world);
  const generator = await Generator.start(testnet, { workload: 'Token', tps: TPS });
  try {
    const identities = testnet.nodes.map((name) => testnet.process(name));
    const garbage = new Garbage(attacker);
    const half = Math.floor(COUNTS.garbageInputs / 2);
    await garbage.send(half);
    const first = await settledMemory(testnet);
    const carried = await CarriedRate.start({
      groups: testnet.groups,
      invocationsPerSecond: (TPS * INVOCATIONS_PER_TRANSFER) / testnet.groups.length,
      block: (group, which) => network.block(group, which),
    });
    const rate = carried.over(COUNTS.garbageSeconds, RATE_MIN);
    await garbage.send(COUNTS.garbageInputs - half, rate);
    const second = await settledMemory(testnet);
    const growth = second.map((mib, i) => Math.round((mib - (first[i] ?? 0)) * 10) / 10);
    console.log(
      `garbage: ${garbage.told}; memory grew by ${growth.join(' ')} MiB, honest rate ${(await rate).toFixed(3)} over ${carried.seconds} s`,
    );
    expect(garbage.outcomes.filter((what) => what.includes('INTERNAL'))).toEqual([]);
    expect(testnet.nodes.map((name) => testnet.process(name))).toEqual(identities);
    expect(testnet.nodes.flatMap((name) => defects(testnet, name))).toEqual([]);
    expect(await rate).toBeGreaterThanOrEqual(RATE_MIN);
    // Garbage is spread evenly, and so is a leak; what one node's collector puts off is not.
    expect(growth.reduce((sum, mib) => sum + mib, 0) / growth.length).toBeLessThanOrEqual(GROWTH_MIB_MAX);
    const report = await generator.stop();
    expect(report).toMatchObject({ failed: 0, lost: 0, doubled: 0, balances: 'match' });
    expect((await network.audit()).problems).toEqual([]);
  } finally {
    attacker.close();
    await generator.end();
  }
});

/** Sends garbage, and counts what came of it. */
class Garbage {
  readonly #attacker: Attacker;
  readonly #random = new Random(SEED);
  readonly #outcomes = new Map<string, number>();

  constructor(attacker: Attacker) {
    this.#attacker = attacker;
  }

  get outcomes(): readonly string[] {
    return [...this.#outcomes.keys()];
  }

  get told(): string {
    const sent = [...this.#outcomes.values()].reduce((sum, count) => sum + count, 0);
    return `${sent} sent, ${[...this.#outcomes]
      .sort()
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')}`;
  }

  /** At least so many pieces, and on while something else is not over. */
  async send(count: number, during: Promise<unknown> = Promise.resolve()): Promise<void> {
    let left = count;
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    during.then(over, over);
    const one = async (): Promise<void> => {
      while (left-- > 0 || !isOver) {
        const [kind, outcome] = await this.#attacker.send(this.#random);
        const key = `${kind}: ${outcome}`;
        this.#outcomes.set(key, (this.#outcomes.get(key) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
  }
}

async function worldOf(testnet: Testnet): Promise<World> {
  const network = await testnet.network();
  const transfers = new Transfers(network, testnet.folders, 0, 1);
  const ids = await transfers.send(4);
  await transfers.reach(ids, ['Completed'], SETTLE_MAX_MS);
  const ports = readState(testnet.folders)?.ports ?? {};
  const targets = testnet.nodes.map((name, group) => ({
    name,
    group,
    grpc: addressOf(ports, `${name}.grpc`),
    peer: addressOf(ports, `${name}.peer`),
    metrics: addressOf(ports, `${name}.metrics`),
  }));
  return World.look(testnet.folders.genesis, targets, await transfers.bytes(ids, targets[0]?.grpc ?? ''));
}

/** Memory of every node at its lowest over some blocks: what its collector has not come to yet is no leak. */
async function settledMemory(testnet: Testnet): Promise<readonly number[]> {
  const read = (): number[] => testnet.nodes.map((name) => ownMib(testnet.process(name)?.pid ?? 0) ?? 0);
  let lowest = read();
  let heightsLeft = 0;
  const start = Math.max(...(await testnet.heights()));
  await until({
    what: 'a few blocks without garbage',
    withinMs: SETTLE_MAX_MS,
    look: async () => {
      const now = read();
      lowest = lowest.map((mib, i) => Math.min(mib, now[i] ?? mib));
      heightsLeft = start + COUNTS.settleBlocks - Math.min(...(await testnet.heights()));
      return heightsLeft;
    },
    holds: (left) => left <= 0,
  });
  return lowest;
}

/** What a node called its own mistake. */
function defects(testnet: Testnet, name: string): readonly string[] {
  const log = readFileSync(join(testnet.folders.logs, `${name}.log`), 'utf8');
  return log.split('\n').filter((line) => line.includes('"level":"error"'));
}
