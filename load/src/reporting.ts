// Puts together what a run says of itself, while it goes on and at its end. Pure; writing is the caller's.
import { userGas } from '@rexnet/node/chain/gas.ts';
import type { Network as GenesisNetwork } from '@rexnet/node/chain/genesis.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { round } from './measure.ts';
import type { Offering } from './offering.ts';
import type { GeneratorFigures, NetworkFacts, RunReport, Versions } from './report.ts';
import type { SelfFigures } from './self-watch.ts';
import type { LoadSpec } from './spec.ts';
import { whyInvalid } from './validity.ts';

export interface RunFacts {
  readonly spec: Pick<LoadSpec, 'workload'>;
  readonly seed: number;
  readonly accounts: number;
  readonly gasLimit: bigint;
  readonly recentTps: number;
  readonly network: NetworkFacts;
  readonly versions: Versions;
  readonly self: SelfFigures;
  readonly nowMs: number;
}

export function reportOf(offering: Offering, facts: RunFacts): RunReport {
  const { spec, seed, accounts, gasLimit, recentTps, network, versions, self, nowMs } = facts;
  const figures = offering.measurement.report(offering.tracker.doubled);
  const sent = figures.offered - figures.unsent;
  const generator: GeneratorFigures = {
    ...self,
    cpuMicrosPerTransaction: sent === 0 ? 0 : Math.round((self.cpuSeconds * 1e6) / sent),
    sentOverOffered: round(offering.sentOverOffered(nowMs)),
    lateShare: sent === 0 ? 0 : round(offering.late / sent),
  };
  const invalid = whyInvalid(generator, network.blockIntervalMs);
  const window = offering.window.figures();
  return {
    ...figures,
    done: false,
    ...(invalid === undefined ? {} : { invalid }),
    workload: spec.workload,
    seed,
    accounts,
    offeredTps: offering.tps,
    gasLimit: Number(gasLimit),
    recentTps,
    pending: offering.pending,
    resent: offering.resent,
    late: offering.late,
    accepted: offering.accepted,
    failedBy: offering.measurement.failedBy,
    refusals: Object.fromEntries([...offering.refusals].sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(window === undefined ? {} : { window }),
    generator,
    network,
    versions,
  };
}

/** What a chain's genesis says that figures depend on. */
export function networkFacts({ genesis, firstMap, networkId }: GenesisNetwork): NetworkFacts {
  const { partitions, blockIntervalMs, blockGas, confirmations, difficulty } = genesis;
  return {
    networkId: toHex(networkId),
    groups: firstMap.groups.length,
    partitions,
    blockIntervalMs,
    blockGas: Number(blockGas),
    userGas: Number(userGas(genesis)),
    confirmations,
    difficulty: difficulty === 0 ? 'Floor' : 'Asert',
  };
}

/** One line for whoever looks on. */
export function progressLine(report: RunReport, nowMs: number): string {
  const { offered, completed, failed, pending, recentTps, p95Ms } = report;
  return JSON.stringify({
    time: new Date(nowMs).toISOString(),
    offered,
    completed,
    failed,
    pending,
    tps: recentTps,
    p95Ms,
  });
}

/** Completed per second over the last few looks. */
export class RecentRate {
  readonly #looks: { readonly ms: number; readonly completed: number }[] = [];

  look(ms: number, completed: number): number {
    this.#looks.push({ ms, completed });
    if (this.#looks.length > LOOKS) this.#looks.shift();
    const first = this.#looks[0];
    if (first === undefined || ms <= first.ms) return 0;
    return Math.round(((completed - first.completed) * 10_000) / (ms - first.ms)) / 10;
  }
}

const LOOKS = 11;
