// The highest rate a running network holds: trials on it, one after the other, until the search is content. What is tried next
// the search says; this one tries it and keeps a record.

import { brokenReading } from '@rexnet/load/verdict/broken-reading.ts';
import type { Table } from '@rexnet/load/verdict/markdown.ts';
import type { Reading } from '@rexnet/load/verdict/reading.ts';
import { invalidities } from '@rexnet/load/verdict/validity.ts';
import type { BenchNetwork } from './network.ts';
import { RateSearch, strain, type Trial } from './search.ts';
import { measureOn, type ReadingWish } from './take-reading.ts';
import type { Tools } from './tools.ts';

export interface SaturationInput extends Pick<ReadingWish, 'groups' | 'workload' | 'load' | 'replay'> {
  readonly firstTps: number;
  /** Of a trial; the last one is looked at three times as long. */
  readonly seconds: number;
}

export interface TriedStep {
  readonly phase: Trial['phase'] | 'calm';
  readonly offeredTps: number;
  readonly tps: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Why it did not hold. */
  readonly strain: string | null;
  readonly reading: Reading;
}

export interface Saturation {
  /** The confirmed rate; absent when none held. */
  readonly tps?: number;
  readonly calmP99Ms: number;
  readonly steps: readonly TriedStep[];
  /** What disturbed a trial so that none of this counts. */
  readonly invalid?: string;
}

/** A load that strains nothing, for what latency is without queues. */
const CALM_TPS_PER_GROUP = 20;
const CONFIRM_FACTOR = 3;
const DRAIN_SECONDS = 25;
/** A trial that a neighbour spoilt is tried again. */
const DISTURBED_MAX = 3;

export async function findSaturation(net: BenchNetwork, input: SaturationInput, tools: Tools): Promise<Saturation> {
  const blockIntervalMs = net.plan.genesis.chain.blockIntervalMs;
  const steps: TriedStep[] = [];
  const calm = await tryRate(net, input, tools, { tps: CALM_TPS_PER_GROUP * input.groups, seconds: input.seconds });
  const calmP99Ms = calm.p99Ms;
  steps.push(stepOf('calm', calm, undefined));
  const search = new RateSearch(input.firstTps);
  let disturbed = 0;
  for (let trial = search.next(); trial !== undefined; ) {
    const seconds = trial.phase === 'confirm' ? CONFIRM_FACTOR * input.seconds : input.seconds;
    const reading = await tryRate(net, input, tools, { tps: trial.tps, seconds });
    const outside = disturbance(reading);
    if (outside !== undefined && ++disturbed > DISTURBED_MAX) return { calmP99Ms, steps, invalid: outside };
    const said = outside ?? trouble(reading, { blockIntervalMs, calmP99Ms });
    steps.push(stepOf(trial.phase, reading, said));
    tools.onNote(
      `${trial.phase} ${trial.tps.toFixed(0)} TPS: ${said ?? `holds, p99 ${(reading.p99Ms / 1_000).toFixed(1)} s`}`,
    );
    if (outside !== undefined) continue;
    search.heard(said === undefined);
    trial = search.next();
  }
  const { confirmed } = search;
  return { calmP99Ms, steps, ...(confirmed === undefined ? {} : { tps: confirmed }) };
}

/** A trial that came to no end is one that was disturbed. */
async function tryRate(
  net: BenchNetwork,
  { groups, workload, load, replay }: SaturationInput,
  tools: Tools,
  { tps, seconds }: { readonly tps: number; readonly seconds: number },
): Promise<Reading> {
  const wish: ReadingWish = {
    profile: 'open',
    groups,
    repeat: 0,
    workload,
    seconds,
    rate: () => ({ tps }),
    drainSeconds: DRAIN_SECONDS,
    mayLeaveBacklog: true,
    ...(load === undefined ? {} : { load }),
    ...(replay === undefined ? {} : { replay }),
  };
  try {
    return (await measureOn(net, wish, tools)).reading;
  } catch (error) {
    tools.signal.throwIfAborted();
    return brokenReading({ groups, repeat: 0 }, error instanceof Error ? error.message : String(error));
  }
}

/** Others on the machine, and books that do not add up. What the generator could not do, it could not do beside the network. */
function disturbance(reading: Reading): string | undefined {
  return invalidities(reading, 'open').find(({ culprit }) => culprit !== 'generator')?.reason;
}

function trouble(
  reading: Reading,
  { blockIntervalMs, calmP99Ms }: { readonly blockIntervalMs: number; readonly calmP99Ms: number },
): string | undefined {
  const generator = invalidities(reading, 'open').find(({ culprit }) => culprit === 'generator')?.reason;
  return strain({ ...reading, blockIntervalMs, calmP99Ms }) ?? generator;
}

function stepOf(phase: TriedStep['phase'], reading: Reading, said: string | undefined): TriedStep {
  const { offeredTps, tps, p50Ms, p95Ms, p99Ms } = reading;
  return { phase, offeredTps, tps, p50Ms, p95Ms, p99Ms, strain: said ?? null, reading };
}

export function stepTable(steps: readonly TriedStep[], title: string): Table {
  return {
    title,
    head: ['trial', 'offered TPS', 'TPS', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU µs/tx of nodes', 'holds'],
    rows: steps.map(({ phase, offeredTps, tps, p50Ms, p95Ms, p99Ms, strain: said, reading }) => [
      phase,
      offeredTps.toFixed(0),
      tps.toFixed(0),
      p50Ms.toFixed(0),
      p95Ms.toFixed(0),
      p99Ms.toFixed(0),
      ((reading.cpuSecondsPerTx['node'] ?? 0) * 1e6).toFixed(0),
      said === null ? 'yes' : `no: ${said}`,
    ]),
  };
}
