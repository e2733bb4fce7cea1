// The benches that look for a limit: saturate (what one network holds), latency (how long things take below that), xgroup (what
// crossing groups costs of it). Each is a few searches on fresh networks and one report.
import type { Chart } from '@rexnet/load/verdict/chart.ts';
import type { Table } from '@rexnet/load/verdict/markdown.ts';
import { LABELS } from '@rexnet/load/verdict/scale-chart.ts';
import { countedGroups } from './campaign.ts';
import { type MachineFacts, machineWords } from './facts.ts';
import type { BenchNetwork } from './network.ts';
import type { BenchReport } from './report.ts';
import { isMet, type Judged, type Requirement, requirementTable } from './requirement.ts';
import { findSaturation, type Saturation, type SaturationInput, stepTable } from './saturation.ts';
import { NICE } from './step-back.ts';
import { type LoadExtras, measureOn, onFreshNetwork } from './take-reading.ts';
import type { Tools } from './tools.ts';
import { type Workload, workloadOf } from './workloads.ts';

export interface SearchInput {
  readonly groups: number;
  readonly seconds: number;
  readonly firstTps: number;
  readonly replay: boolean;
}

/** One group on two cores, signed, verified and durable, from a pre-signed file. */
const ONE_GROUP_TPS_MIN = 10_000;
/** Of the local figure, where next to everything crosses. */
const CROSSING_MIN = 0.6;
const CROSSING_FROM = 98;
const LATENCY_SHARES = [0.5, 0.8, 0.95] as const;
const DRAIN_SECONDS = 25;

type Found = { readonly name: string; readonly saturation: Saturation };

export async function saturate(input: SearchInput, tools: Tools): Promise<BenchReport> {
  const { groups, replay } = input;
  const workload = workloadOf('Token');
  const saturation = await onOpenNetwork(groups, workload, tools, (net) =>
    findSaturation(net, searchOf(input, workload), tools),
  );
  const name = `token transfers, ${countedGroups(groups)}`;
  const requirements: readonly Requirement[] =
    groups === 1 && replay
      ? [{ name: `TPS held, ${name}`, value: saturation.tps ?? Number.NaN, atLeast: ONE_GROUP_TPS_MIN }]
      : [];
  return reportOf(
    {
      bench: 'saturate',
      title: `The highest rate that holds: ${name}`,
      found: [{ name, saturation }],
      requirements,
      fields: { groups, tps: saturation.tps ?? null },
    },
    input,
  );
}

export async function latency(input: SearchInput, tools: Tools): Promise<BenchReport> {
  const workload = workloadOf('Token');
  return onOpenNetwork(input.groups, workload, tools, async (net) => {
    const saturation = await findSaturation(net, searchOf(input, workload), tools);
    const rows = await latenciesAt(net, input, { saturation, workload, tools });
    const table: Table = {
      title: 'From intended send to the last receipt of the tree, confirmed',
      head: ['load', 'offered TPS', 'p50 ms', 'p95 ms', 'p99 ms', 'p99.9 ms', 'blocks of p99'],
      rows: rows.map(({ share, offeredTps, p50Ms, p95Ms, p99Ms, p999Ms, p99Blocks }) => [
        `${share * 100} %`,
        ...[offeredTps, p50Ms, p95Ms, p99Ms, p999Ms].map((each) => each.toFixed(0)),
        p99Blocks.toFixed(1),
      ]),
    };
    const name = countedGroups(input.groups);
    return reportOf(
      {
        bench: 'latency',
        title: `Latency below saturation, ${name}`,
        found: [{ name, saturation }],
        requirements: [],
        fields: { groups: input.groups, tps: saturation.tps ?? null, latencies: rows },
        tables: [table],
      },
      input,
    );
  });
}

type LatencyRow = {
  readonly share: number;
  readonly offeredTps: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly p99Blocks: number;
};

async function latenciesAt(
  net: BenchNetwork,
  { groups, seconds, replay }: SearchInput,
  {
    saturation,
    workload,
    tools,
  }: { readonly saturation: Saturation; readonly workload: Workload; readonly tools: Tools },
): Promise<readonly LatencyRow[]> {
  const { tps } = saturation;
  if (tps === undefined) return [];
  const rows: LatencyRow[] = [];
  for (const share of LATENCY_SHARES) {
    const { reading, report } = await measureOn(
      net,
      {
        profile: 'open',
        groups,
        repeat: 0,
        workload,
        seconds,
        replay,
        rate: () => ({ tps: tps * share }),
        drainSeconds: DRAIN_SECONDS,
        mayLeaveBacklog: true,
      },
      tools,
    );
    const { offeredTps, p50Ms, p95Ms, p99Ms } = reading;
    const p99Blocks = p99Ms / report.network.blockIntervalMs;
    rows.push({ share, offeredTps, p50Ms, p95Ms, p99Ms, p999Ms: report.window?.p999Ms ?? Number.NaN, p99Blocks });
    tools.onNote(`${share * 100} % of saturation: p50 ${p50Ms} ms, p99 ${p99Ms} ms`);
  }
  return rows;
}

export async function xgroup(
  input: SearchInput & { readonly shares: readonly number[] },
  tools: Tools,
  machine: MachineFacts,
): Promise<BenchReport> {
  const { groups, shares } = input;
  const workload = workloadOf('Token');
  const found: (Found & { readonly share: number })[] = [];
  for (const share of shares) {
    tools.onNote(`${share} % crossing`);
    const saturation = await onOpenNetwork(groups, workload, tools, (net) =>
      findSaturation(net, searchOf(input, workload, { crossGroupPercent: share }), tools),
    );
    found.push({ name: `${share} % crossing`, share, saturation });
  }
  const tpsAt = (share: number): number => found.find((each) => each.share === share)?.saturation.tps ?? Number.NaN;
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  const requirements: readonly Requirement[] =
    least === 0 && most >= CROSSING_FROM
      ? [
          {
            name: `TPS at ${most} % crossing, of the local figure`,
            value: tpsAt(most) / tpsAt(0),
            atLeast: CROSSING_MIN,
          },
        ]
      : [];
  const chart: Chart = {
    title: `Crossing groups, ${countedGroups(groups)}`,
    label: LABELS.open,
    xTitle: 'per cent of transfers that leave their group',
    yTitle: 'transactions per second that hold',
    series: [
      {
        name: 'highest rate that holds',
        points: found.flatMap(({ share, saturation: { tps } }) =>
          tps === undefined ? [] : [{ x: share, y: tps, ends: null, valid: true }],
        ),
      },
    ],
    footnote: machineWords(machine),
  };
  return reportOf(
    {
      bench: 'xgroup',
      title: `What crossing groups costs, ${countedGroups(groups)}`,
      found,
      requirements,
      fields: {
        groups,
        points: found.map(({ share, saturation }) => ({ crossGroupPercent: share, tps: saturation.tps ?? null })),
      },
      chart,
    },
    input,
  );
}

function onOpenNetwork<T>(
  groups: number,
  workload: Workload,
  tools: Tools,
  use: (net: BenchNetwork) => Promise<T>,
): Promise<T> {
  return onFreshNetwork({ profile: 'open', groups, workload }, tools, use);
}

function searchOf(input: SearchInput, workload: Workload, load?: LoadExtras): SaturationInput {
  const { groups, seconds, firstTps, replay } = input;
  return { groups, workload, seconds, firstTps, replay, ...(load === undefined ? {} : { load }) };
}

type Parts = Pick<BenchReport, 'bench' | 'title' | 'fields'> & {
  readonly found: readonly Found[];
  readonly requirements: readonly Requirement[];
  readonly tables?: readonly Table[];
  readonly chart?: Chart;
};

function reportOf(
  { bench, title, found, requirements, fields, tables = [], chart }: Parts,
  input: SearchInput,
): BenchReport {
  const { outcome, reason } = judged(found, requirements);
  return {
    bench,
    title,
    label: LABELS.open,
    outcome,
    reason,
    fields: { profile: 'open', requirements, ...fields },
    tables: [
      ...(requirements.length === 0 ? [] : [requirementTable(requirements)]),
      ...tables,
      ...found.map(({ name, saturation }) => stepTable(saturation.steps, name)),
    ],
    ...(chart === undefined ? {} : { chart }),
    settings: [
      ['workload', 'Token'],
      ['search', `× 1.25 in steps of ${input.seconds} s until one does not hold, halved to 3 %, confirmed at 95 %`],
      [
        'transactions',
        input.replay
          ? 'signed before, replayed from a file; checked by the nodes'
          : 'signed by the generator; checked by the nodes',
      ],
      ['shares of the machine', `generator, miner and nodes run on the same cores; nodes at nice ${NICE}`],
    ],
    readings: found,
  };
}

function judged(found: readonly Found[], requirements: readonly Requirement[]): Judged {
  const disturbed = found.find(({ saturation }) => saturation.invalid !== undefined);
  if (disturbed !== undefined)
    return { outcome: 'Invalid', reason: `${disturbed.name}: ${disturbed.saturation.invalid}` };
  const lost = found.find(({ saturation }) => saturation.tps === undefined);
  if (lost !== undefined) return { outcome: 'NotMet', reason: `${lost.name}: no rate held` };
  const missed = requirements.find((requirement) => !isMet(requirement));
  const rates = found.map(({ name, saturation }) => `${name}: ${saturation.tps?.toFixed(0)} TPS`).join('; ');
  if (missed === undefined) return { outcome: 'Met', reason: rates };
  return {
    outcome: 'NotMet',
    reason: `${missed.name} is ${missed.value.toFixed(2)}, at least ${missed.atLeast} (${rates})`,
  };
}
