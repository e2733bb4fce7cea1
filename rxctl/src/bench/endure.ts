// bench endure: does a network under load stay as it is? One long run below the cap; throughput and memory at its end are set
// against those at its beginning.
import { mean } from '@rexnet/load/verdict/statistics.ts';
import { memoryDrift, tpsDrift, worstOf } from './drift.ts';
import type { Second } from './measure.ts';
import type { Memory } from './proc.ts';
import { type Figures, type Rounds, type RowsBench, rowTable } from './rows.ts';
import { workloadOf } from './workloads.ts';

const KEY = 'endure';
/** Of the cap: room for what a moment's delay leaves behind. */
const LOAD = 0.8;
/** Until compilers, caches and the chains' windows have filled. */
const WARM_UP_SECONDS = 90;
const DRAIN_SECONDS = 20;
const DRIFT_MAX = 0.03;
const MIB = 2 ** 20;

export function endureBench(groups: number, { seconds }: Rounds): RowsBench {
  return {
    bench: 'endure',
    title: `${seconds} s at ${LOAD * 100} % of the cap on ${groups} groups`,
    profile: 'capped',
    rows: [
      {
        key: KEY,
        name: `${LOAD * 100} % of the cap`,
        wish: (repeat) => ({
          profile: 'capped',
          groups,
          repeat,
          seconds,
          warmUpSeconds: WARM_UP_SECONDS,
          workload: workloadOf('Token'),
          rate: (capacity) => ({ tpsPerGroup: LOAD * capacity }),
          drainSeconds: DRAIN_SECONDS,
        }),
      },
    ],
    requirements: (of) => {
      const own = (seconds: readonly Second[]): number => memoryDrift(seconds, 'ownBytes');
      return [
        { name: 'drift of TPS', value: worst(of(KEY), tpsDrift), atMost: DRIFT_MAX },
        { name: "drift of all nodes' own memory", value: worst(of(KEY), own), atMost: DRIFT_MAX },
      ];
    },
    tables: (of) => [rowTable([of(KEY)])],
    fields: (of) => ({
      nodeOwnMiB: meanMiB(of(KEY), 'ownBytes'),
      nodeResidentMiB: meanMiB(of(KEY), 'residentBytes'),
      // Pages of the data files come with every block and go when the machine needs them.
      residentDrift: worst(of(KEY), (seconds) => memoryDrift(seconds, 'residentBytes')),
    }),
    chart: (of) => ({
      title: 'Memory of all nodes under steady load',
      xTitle: 'minutes',
      yTitle: 'MiB',
      series: [
        { name: 'own memory of all nodes', points: perMinute(of(KEY), 'ownBytes') },
        { name: 'with pages of their data files', points: perMinute(of(KEY), 'residentBytes') },
      ],
    }),
    settings: [['offered', `${LOAD} × capacity`]],
  };
}

function worst(figures: Figures | undefined, drift: (seconds: readonly Second[]) => number): number {
  return worstOf((figures?.sound ?? []).map(({ seconds }) => drift(seconds)));
}

function meanMiB(figures: Figures | undefined, of: keyof Memory): number | null {
  const seconds = (figures?.sound ?? []).flatMap((taken) => taken.seconds);
  return seconds.length === 0 ? null : Math.round(mean(seconds.map(({ nodes }) => nodes[of])) / MIB);
}

function perMinute(
  figures: Figures | undefined,
  of: keyof Memory,
): readonly { readonly x: number; readonly y: number; readonly ends: null; readonly valid: boolean }[] {
  const seconds = figures?.all[0]?.seconds ?? [];
  const minutes = [...new Set(seconds.map(({ second }) => Math.floor(second / 60)))];
  return minutes.map((minute) => {
    const own = seconds.filter(({ second }) => Math.floor(second / 60) === minute);
    return { x: minute, y: mean(own.map(({ nodes }) => nodes[of])) / MIB, ends: null, valid: true };
  });
}
