// One measurement on a running network: load beside it, everything watched while the window is open, the books checked at the
// end. It starts no network and judges nothing.
import { setTimeout as delay } from 'node:timers/promises';
import type { RunReport } from '@rexnet/load/report.ts';
import { brokenReading } from '@rexnet/load/verdict/broken-reading.ts';
import type { Gate, Profile, Reading } from '@rexnet/load/verdict/reading.ts';
import { GeneratorProcess, type LoadWish } from './generator.ts';
import type { BenchNetwork } from './network.ts';
import type { Memory } from './proc.ts';
import { toReading } from './to-reading.ts';
import { memoryOf, takeSnapshot, usageBetween, type Watched } from './usage.ts';

export interface MeasureInput {
  readonly net: BenchNetwork;
  readonly profile: Profile;
  readonly repeat: number;
  /** What is measured. */
  readonly load: TimedLoad;
  /** Loads beside it, which are told to stop when it is over. */
  readonly beside?: readonly LoadWish[];
  readonly mayLeaveBacklog: boolean;
  /** When the measured seconds begin, and when they end. */
  readonly onEdge?: (edge: 'begin' | 'end') => Promise<void>;
  readonly signal: AbortSignal;
}

/** The warm-up is part of the seconds. */
export type TimedLoad = LoadWish & { readonly seconds: number; readonly warmUpSeconds: number };

/** What was seen once a second. */
export interface Second {
  /** Since the offering began. */
  readonly second: number;
  /** Of all nodes together. */
  readonly nodes: Memory;
  /** Of all so far. */
  readonly completed: number;
}

export interface Measured {
  readonly reading: Reading;
  readonly report: RunReport;
  readonly beside: readonly RunReport[];
  readonly seconds: readonly Second[];
}

/** Giving the accounts what the workload needs. */
const PREPARE_MAX_MS = 240_000;
const SECOND_MS = 1_000;
/** Beyond the drain: comparing balances, writing the report. */
const FINISH_MAX_MS = 90_000;
const DEFAULT_DRAIN_SECONDS = 15;

export async function measure(input: MeasureInput): Promise<Measured> {
  const { net, profile, repeat, load, beside = [], mayLeaveBacklog, signal } = input;
  const groups = net.plan.groups.length;
  await using others = await Besides.start(net, beside, signal);
  await using generator = await GeneratorProcess.start(net.folders, 'load', load);
  const first = await generator.offering(PREPARE_MAX_MS, signal);
  const startMs = performance.now() - (first.offered / Math.max(1, first.offeredTps)) * SECOND_MS;
  const watched = (): readonly Watched[] => [...net.processes(), generator.process, ...others.processes];
  await until(startMs + load.warmUpSeconds * SECOND_MS, signal);
  const before = takeSnapshot(watched(), performance.now());
  await input.onEdge?.('begin');
  const seconds: Second[] = [];
  for (let second = load.warmUpSeconds + 1; second < load.seconds; second++) {
    await until(startMs + second * SECOND_MS, signal);
    const nodes = memoryOf(net.processes().filter(({ role }) => role === 'node'));
    seconds.push({ second, nodes, completed: generator.report?.completed ?? 0 });
  }
  const usage = usageBetween(before, takeSnapshot(watched(), performance.now()));
  await input.onEdge?.('end');
  const finishMaxMs = (load.drainSeconds ?? DEFAULT_DRAIN_SECONDS) * SECOND_MS + FINISH_MAX_MS;
  const report = await generator.finished(finishMaxMs, signal);
  const reports = await others.stop(finishMaxMs, signal);
  const { death } = net;
  const gates = [await audited(net)];
  const reading =
    death === undefined
      ? toReading({ profile, groups, repeat, report, usage, gates, mayLeaveBacklog })
      : brokenReading({ groups, repeat }, `${death} ended during the run`);
  return { reading, report, beside: reports, seconds };
}

/** The sums of all chains, by the chains' own word. */
async function audited({ network }: BenchNetwork): Promise<Gate> {
  const name = 'audit';
  try {
    const { clean, problems } = await network.audit();
    return { name, isMet: clean, detail: clean ? 'clean' : problems.join('; ') };
  } catch (error) {
    return { name, isMet: false, detail: `not audited: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function until(atMs: number, signal: AbortSignal): Promise<void> {
  const waitMs = atMs - performance.now();
  if (waitMs > 0) await delay(waitMs, undefined, { signal });
}

/** The generators beside the one that is measured. */
class Besides implements AsyncDisposable {
  readonly #generators: readonly GeneratorProcess[];

  private constructor(generators: readonly GeneratorProcess[]) {
    this.#generators = generators;
  }

  static async start(net: BenchNetwork, wishes: readonly LoadWish[], signal: AbortSignal): Promise<Besides> {
    const generators: GeneratorProcess[] = [];
    const besides = new Besides(generators);
    try {
      // One after the other: they are funded by one key.
      for (const [index, wish] of wishes.entries()) {
        const generator = await GeneratorProcess.start(net.folders, `beside-${index}`, wish);
        generators.push(generator);
        await generator.offering(PREPARE_MAX_MS, signal);
      }
      return besides;
    } catch (error) {
      await besides[Symbol.asyncDispose]();
      throw error;
    }
  }

  get processes(): readonly Watched[] {
    return this.#generators.map((generator) => generator.process);
  }

  async stop(withinMs: number, signal: AbortSignal): Promise<readonly RunReport[]> {
    for (const generator of this.#generators) generator.tellToStop();
    return Promise.all(this.#generators.map((generator) => generator.finished(withinMs, signal)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#generators.map((generator) => generator.close()));
  }
}
