// bench endure: does a network under load stay as it is? One long run below the cap; throughput and memory at its end are set
// against those at its beginning.
import { mean } from '@rexnet/load/verdict/statistics.ts';
import { rssDrift, tpsDrift, worstOf } from './drift.ts';
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
      const worst = (drift: typeof tpsDrift): number =>
        worstOf((of(KEY)?.sound ?? []).map((taken) => drift(taken.seconds)));
      return [
        { name: 'drift of TPS', value: worst(tpsDrift), atMost: DRIFT_MAX },
        { name: 'drift of RSS, all nodes', value: worst(rssDrift), atMost: DRIFT_MAX },
      ];
    },
    tables: (of) => [rowTable([of(KEY)])],
    fields: (of) => ({ nodeRssMiB: rssOf(of(KEY)) }),
    chart: (of) => ({
      title: 'Memory of all nodes under steady load',
      xTitle: 'minutes',
      yTitle: 'resident MiB',
      series: [{ name: 'all nodes', points: perMinute(of(KEY)) }],
    }),
    settings: [['offered', `${LOAD} × capacity`]],
  };
}

function rssOf(figures: Figures | undefined): number | null {
  const seconds = (figures?.sound ?? []).flatMap((taken) => taken.seconds);
  return seconds.length === 0 ? null : Math.round(mean(seconds.map(({ nodeRssBytes }) => nodeRssBytes)) / MIB);
}

function perMinute(
  figures: Figures | undefined,
): readonly { readonly x: number; readonly y: number; readonly ends: null; readonly valid: boolean }[] {
  const seconds = figures?.all[0]?.seconds ?? [];
  const minutes = [...new Set(seconds.map(({ second }) => Math.floor(second / 60)))];
  return minutes.map((minute) => {
    const own = seconds.filter(({ second }) => Math.floor(second / 60) === minute);
    return { x: minute, y: mean(own.map(({ nodeRssBytes }) => nodeRssBytes)) / MIB, ends: null, valid: true };
  });
}
