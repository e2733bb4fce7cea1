// bench scale: does throughput grow with groups? Networks of 1, 2, 4, … groups, each offered the same per group, one after the
// other. What it says, the verdict says.

import type { Gate, Profile, Reading } from '@rexnet/load/verdict/reading.ts';
import { judge, type Verdict } from '@rexnet/load/verdict/verdict.ts';
import { SHIPPED } from '@rexnet/operator/plan/shipped.ts';
import { takeReadings } from './campaign.ts';
import { GeneratorProcess, type LoadWish } from './generator.ts';
import { measure } from './measure.ts';
import { BenchNetwork } from './network.ts';
import { brokenReading, capacityOf } from './to-reading.ts';
import type { Tools } from './tools.ts';

export interface ScaleInput {
  readonly profile: Profile;
  readonly groups: readonly number[];
  readonly repeats: number;
  readonly retries: number;
  /** Measured seconds of a reading, after the warm-up. */
  readonly seconds: number;
  /** Absent: what random pairs give. */
  readonly crossGroupPercent?: number;
  /** Offered to each group in profile `open`. */
  readonly openTpsPerGroup: number;
  /** Test flags: a generator that is too slow, a miner that is unfair. */
  readonly slowdownMs?: number;
  readonly minerArgs: readonly string[];
  readonly load: ScaleLoad;
}

export type ScaleLoad = Pick<LoadWish, 'workload' | 'contract' | 'receivers'> & { readonly shipped?: string };

export interface ScaleResult {
  readonly verdict: Verdict;
  readonly readings: readonly Reading[];
}

export const TOKEN_LOAD: ScaleLoad = {
  workload: 'Token',
  contract: `token.${SHIPPED['token']?.contract}`,
  shipped: 'token',
};

/** More than the protocol allows, so that the cap is what is measured, and a block is never short. */
export const OFFERED_OVER_CAPACITY = 1.2;
const WARM_UP_SECONDS = 5;
/** What is under way when the offering ends takes some beats, and what was offered above capacity as long as it did. */
const TAIL_SECONDS = 15;
/** INTERFACES §7: the presets of a profile. */
export const CHAINS: Readonly<Record<Profile, Readonly<Record<string, string | number>>>> = {
  capped: {},
  open: { blockGas: 1_000_000_000, difficulty: 'Asert' },
};
/** Where the same payments must leave the same balances, whatever the groups. */
const COMPARED_GROUPS = [1, 2, 4];
const COMPARED: Pick<LoadWish, 'accounts' | 'transactions' | 'tps' | 'warmUpSeconds' | 'drainSeconds'> = {
  accounts: 100,
  transactions: 300,
  tps: 60,
  warmUpSeconds: 0,
  drainSeconds: 30,
};
const COMPARED_MAX_MS = 180_000;

export async function scale(input: ScaleInput, tools: Tools): Promise<ScaleResult> {
  const { profile, groups, repeats, retries } = input;
  const digests = new Map<number, string>();
  const taken = await takeReadings({
    profile,
    groups,
    repeats,
    retries,
    signal: tools.signal,
    onReading: tools.onNote,
    take: (each, repeat) => takeOne(input, tools, { groups: each, repeat, digests }),
  });
  const readings = taken.map((reading) => withDigest(reading, digests));
  return { verdict: judge({ profile, groups, repeats, readings }), readings };
}

interface One {
  readonly groups: number;
  readonly repeat: number;
  /** Of the balances after the same payments, by groups. */
  readonly digests: Map<number, string>;
}

async function takeOne(input: ScaleInput, tools: Tools, { groups, repeat, digests }: One): Promise<Reading> {
  const { profile, minerArgs, load, seconds, crossGroupPercent, slowdownMs } = input;
  const { signal, prices, workplace } = tools;
  try {
    const contracts = load.shipped === undefined ? [] : [load.shipped];
    const wish = { groups, chain: CHAINS[profile], contracts, minerArgs };
    await using net = await BenchNetwork.start(workplace.next(), wish, signal);
    const { shipped: _, ...workload } = load;
    const price = await prices.of(net, workload, signal);
    const tpsPerGroup =
      profile === 'capped'
        ? OFFERED_OVER_CAPACITY * capacityOf({ ...price, groups: 1 }, price.gasLimit)
        : input.openTpsPerGroup;
    const offeredSeconds = WARM_UP_SECONDS + seconds;
    const { reading } = await measure({
      net,
      profile,
      repeat,
      signal,
      load: {
        ...workload,
        tpsPerGroup,
        seconds: offeredSeconds,
        warmUpSeconds: WARM_UP_SECONDS,
        drainSeconds: Math.ceil((OFFERED_OVER_CAPACITY - 1) * offeredSeconds) + TAIL_SECONDS,
        ...(crossGroupPercent === undefined || groups === 1 ? {} : { crossGroupPercent }),
        ...(slowdownMs === undefined ? {} : { slowdownMs }),
      },
    });
    if (repeat === 0 && COMPARED_GROUPS.includes(groups) && !digests.has(groups)) {
      const digest = await balancesDigest(net, workload, signal);
      if (digest !== undefined) digests.set(groups, digest);
    }
    return reading;
  } catch (error) {
    signal.throwIfAborted();
    return brokenReading({ groups, repeat }, error instanceof Error ? error.message : String(error));
  }
}

/** The same accounts make the same payments on every network. */
async function balancesDigest(
  net: BenchNetwork,
  workload: Omit<ScaleLoad, 'shipped'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  await using generator = await GeneratorProcess.start(net.folders, 'same', { ...workload, ...COMPARED });
  const { gates } = await generator.finished(COMPARED_MAX_MS, signal);
  return gates?.balancesDigest;
}

/** A reading answers for the network it was taken on. */
function withDigest(reading: Reading, digests: ReadonlyMap<number, string>): Reading {
  const own = digests.get(reading.groups);
  const [first] = digests;
  if (own === undefined || first === undefined || reading.broken !== undefined) return reading;
  const [groups, digest] = first;
  const gate: Gate = {
    name: 'same balances',
    isMet: own === digest,
    detail: own === digest ? `as with ${groups} groups` : `the same payments left others than with ${groups} groups`,
  };
  return { ...reading, gates: [...reading.gates, gate] };
}
