// The page of a sweep: testnets of different sizes side by side, as a LoadTest makes them one after the other.
import { IN_NAMESPACE, NAMESPACE } from './chosen.ts';
import type { Page, Panel } from './panels.ts';

const WIDTH = 12;

type Side = Pick<Panel, 'title' | 'description'> & Partial<Pick<Panel, 'unit'>>;

function side(panel: Side, ...exprs: readonly (readonly [string, string])[]): Panel {
  return {
    unit: 'short',
    ...panel,
    kind: 'series',
    width: WIDTH,
    min: 0,
    queries: exprs.map(([record, what]) => ({
      expr: `${record}{${IN_NAMESPACE}}`,
      legend: `${what}{{testnet}}`,
    })),
  };
}

export const GROWTH: Page = {
  uid: 'rexnet-growth',
  title: 'Rexnet / Growth',
  description:
    'Testnets of different sizes side by side, such as the points of a LoadTest: total TPS, and TPS for each group.',
  variables: [NAMESPACE],
  rows: [
    {
      title: 'With more groups',
      panels: [
        side(
          {
            title: 'TPS',
            description:
              'Completed transactions of each testnet. Twice the groups, twice the height, when growth is linear.',
          },
          ['rexnet:tps:rate1m', ''],
        ),
        side(
          {
            title: 'TPS for each group',
            description: 'The same over the number of groups. All testnets on one level: growth is linear.',
          },
          ['rexnet:tps_per_group:rate1m', ''],
        ),
        side({ title: 'Groups', description: 'Groups that had a block in the last minute.' }, ['rexnet:groups', '']),
        side(
          {
            title: 'Offered and capacity',
            description: 'What load generators offer, and what the blocks of all groups take at most.',
          },
          ['rexnet:offered_tps:rate1m', 'offered '],
          ['rexnet:capacity_tps', 'capacity '],
        ),
      ],
    },
    {
      title: 'What it costs',
      panels: [
        side(
          {
            title: 'Latency of relays in blocks, p95',
            description: 'From the block that sent relays to the one that read them; confirmations + 1 is the least.',
          },
          ['rexnet:relay_latency_blocks:p95_1m', ''],
        ),
        side(
          {
            title: 'Crossing groups',
            unit: 'percentunit',
            description: 'Share of relays that came from another group. With random pairs 1 - 1/groups.',
          },
          ['rexnet:cross_group_share:ratio1m', ''],
        ),
      ],
    },
  ],
};
