// bench hot: what skew costs. The same network is offered the same share of its capacity by workloads that are less and less
// even: random pairs, accounts by Zipf's law, an airdrop, everybody paying one address. Each is set against the even one.
import type { WorkloadName } from '@rexnet/load/spec.ts';
import { OFFERED_OVER_CAPACITY } from '@rexnet/load/verdict/offered.ts';
import type { Requirement } from './requirement.ts';
import { type FiguresOf, type Rounds, type RowsBench, rowTable } from './rows.ts';
import { drainOf } from './scale.ts';
import { workloadOf } from './workloads.ts';

interface Skew {
  readonly workload: WorkloadName;
  readonly name: string;
  /** Of the even one, both as shares of their capacities; absent: reported only. */
  readonly atLeast?: number;
}

const EVEN = 'Token';
const SKEWS: readonly Skew[] = [
  { workload: EVEN, name: 'token, random pairs' },
  { workload: 'HotContract', name: 'token, accounts by Zipf 0.99', atLeast: 0.9 },
  { workload: 'Airdrop', name: 'airdrop, 1 to 10' },
  { workload: 'HotAddress', name: 'everybody pays one address' },
];
/** One address is one partition of one group: what is offered above its cap only waits. */
const HOT_DRAIN_FACTOR = 2;

export function hotBench(groups: number, { seconds }: Rounds): RowsBench {
  return {
    bench: 'hot',
    title: `Skewed loads on ${groups} groups`,
    profile: 'capped',
    rows: SKEWS.map(({ workload, name }) => ({
      key: workload,
      name,
      wish: (repeat) => ({
        profile: 'capped',
        groups,
        repeat,
        seconds,
        workload: workloadOf(workload),
        rate: (capacity) => ({ tpsPerGroup: OFFERED_OVER_CAPACITY * capacity }),
        drainSeconds: drainOf(seconds) * (workload === 'HotAddress' ? HOT_DRAIN_FACTOR : 1),
        mayLeaveBacklog: workload === 'HotAddress',
      }),
    })),
    requirements: (of) => SKEWS.flatMap((skew) => requirementOf(skew, of)),
    tables: (of) => [rowTable(SKEWS.map(({ workload }) => of(workload)))],
    settings: [['offered', `${OFFERED_OVER_CAPACITY} × the capacity of each workload`]],
  };
}

function requirementOf({ workload, name, atLeast }: Skew, of: FiguresOf): readonly Requirement[] {
  if (atLeast === undefined) return [];
  const share = (key: string): number => of(key)?.point.ofCapacity ?? Number.NaN;
  return [{ name: `${name}, relative to random pairs`, value: share(workload) / share(EVEN), atLeast }];
}
