// bench hot --spam: does a flood of valid transactions on one partition stay its senders' own trouble? Payments between the
// other groups are measured without and with it; payments of the flooded group's other partitions are reported.

import { memoryDrift, worstOf } from './drift.ts';
import type { LoadWish } from './generator.ts';
import type { Memory } from './proc.ts';
import type { Requirement } from './requirement.ts';
import { type Figures, type FiguresOf, type Rounds, type RowsBench, rowTable } from './rows.ts';
import { workloadOf } from './workloads.ts';

/** Of what a group can do. */
const SPAM = 10;
/** Of the others: below the cap, so that what they wait for is not each other. */
const CALM = 0.5;
const CALM_ACCOUNTS = 50;
/** Enough senders that a full pool refuses them, not the bound on one of them. */
const SPAM_ACCOUNTS = 900;
/** Until the flooded pool is full. */
const FILL_SECONDS = 90;
const QUIET_SECONDS = 60;
const DRAIN_SECONDS = 20;
const P95_MAX = 1.5;
const MEMORY_DRIFT_MAX = 0.05;
const REFUSALS = ['POOL_FULL', 'DESTINATION_BUSY'] as const;

export function spamBench(groups: number, { seconds }: Rounds): RowsBench {
  const flooded = groups - 1;
  const token = workloadOf('Token');
  const common = {
    profile: 'capped',
    groups,
    workload: token,
    rate: (capacity: number) => ({ tpsPerGroup: CALM * capacity }),
    drainSeconds: DRAIN_SECONDS,
    load: { groups: Array.from({ length: flooded }, (_, group) => group), accountsPerGroup: CALM_ACCOUNTS },
  } as const;
  const neighbours = (capacity: number): LoadWish => ({
    ...token.load,
    tpsPerGroup: (CALM / SPAM) * capacity,
    groups: [flooded],
    accountsPerGroup: CALM_ACCOUNTS,
    verifyBalances: false,
  });
  const spam = (capacity: number): LoadWish => ({
    ...workloadOf('HotAddress').load,
    tpsPerGroup: SPAM * capacity,
    groups: [flooded],
    skipAccountsPerGroup: CALM_ACCOUNTS,
    accountsPerGroup: SPAM_ACCOUNTS,
    drainSeconds: 0,
    verifyBalances: false,
  });
  return {
    bench: 'spam',
    title: `One partition of ${groups} groups is offered ${SPAM} × what its group can do`,
    profile: 'capped',
    rows: [
      {
        key: 'quiet',
        name: 'between the other groups, quiet',
        wish: (repeat) => ({ ...common, repeat, seconds: QUIET_SECONDS, beside: (tps) => [neighbours(tps)] }),
      },
      {
        key: 'spam',
        name: 'between the other groups, under spam',
        wish: (repeat) => ({
          ...common,
          repeat,
          seconds,
          warmUpSeconds: FILL_SECONDS,
          beside: (tps) => [neighbours(tps), spam(tps)],
        }),
      },
    ],
    requirements: requirementsOf,
    tables: (of) => [
      rowTable([of('quiet'), of('spam')]),
      {
        title: `Other partitions of group ${flooded}`,
        head: ['', 'completed', 'of', 'p50 ms', 'p95 ms'],
        rows: ['quiet', 'spam'].map((key) => neighbourRow(key, of(key))),
      },
    ],
    fields: (of) => ({
      refusals: refusalsOf(of('spam')),
      // Pages of the data files come with every block and go when the machine needs them.
      residentDrift: driftOf(of('spam'), 'residentBytes'),
    }),
    settings: [
      ['offered between the other groups', `${CALM} × capacity`],
      ['spam', `${SPAM} × the capacity of group ${flooded}, all to one address of it, valid and paid for`],
    ],
  };
}

function requirementsOf(of: FiguresOf): readonly Requirement[] {
  const p95 = (key: string): number => of(key)?.point.p95Ms ?? Number.NaN;
  const refusals = refusalsOf(of('spam'));
  const refused = REFUSALS.reduce((sum, code) => sum + (refusals[code] ?? 0), 0);
  return [
    { name: 'p95 between other groups, under spam / quiet', value: p95('spam') / p95('quiet'), atMost: P95_MAX },
    {
      name: "drift of the nodes' own memory once the pool is full",
      value: driftOf(of('spam'), 'ownBytes'),
      atMost: MEMORY_DRIFT_MAX,
    },
    { name: `spam refused with ${REFUSALS.join(' or ')}`, value: refused, atLeast: 1 },
  ];
}

function driftOf(figures: Figures | undefined, of: keyof Memory): number {
  return worstOf((figures?.sound ?? []).map(({ seconds }) => memoryDrift(seconds, of)));
}

/** The spam is the second load beside what is measured. */
function refusalsOf(figures: Figures | undefined): Readonly<Record<string, number>> {
  const [, spam] = figures?.all.at(-1)?.beside ?? [];
  return spam?.refusals ?? {};
}

function neighbourRow(key: string, figures: Figures | undefined): readonly string[] {
  const [neighbours] = figures?.all.at(-1)?.beside ?? [];
  if (neighbours === undefined) return [key, '', '', '', ''];
  const { completed, offered, p50Ms, p95Ms } = neighbours;
  return [key, String(completed), String(offered), p50Ms.toFixed(0), p95Ms.toFixed(0)];
}
