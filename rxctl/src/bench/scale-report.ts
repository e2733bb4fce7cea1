// The words, table and picture of bench scale. Pure.

import { OFFERED_OVER_CAPACITY } from '@rexnet/load/verdict/offered.ts';
import { pointTable } from '@rexnet/load/verdict/point-table.ts';
import { LABELS, scaleChart } from '@rexnet/load/verdict/scale-chart.ts';
import { type MachineFacts, machineWords } from './facts.ts';
import type { BenchReport } from './report.ts';
import type { ScaleInput, ScaleResult } from './scale.ts';
import { NICE } from './step-back.ts';

export function scaleReport(
  input: ScaleInput,
  { verdict, readings, calibration }: ScaleResult,
  machine: MachineFacts,
): BenchReport {
  const { profile, repeats, seconds, crossGroupPercent, workload } = input;
  const title = `${workload.load.workload} on ${input.groups.join(', ')} groups`;
  const crossing = crossGroupPercent === undefined ? 'natural' : `${crossGroupPercent} %`;
  const { verdict: outcome, reason, points, slope, slope95, usl } = verdict;
  return {
    bench: 'scale',
    title,
    label: LABELS[profile],
    outcome,
    reason,
    fields: { profile, points, slope, slope95, usl, ...(calibration === undefined ? {} : { calibration }) },
    tables: [pointTable(points)],
    chart: scaleChart({
      title,
      profile,
      verdict,
      footnote: `${machineWords(machine)}; ${crossing} cross-group share, ${repeats} × ${seconds} s`,
    }),
    settings: [
      ['workload', workload.load.workload],
      ['cross-group share asked for', crossing],
      [
        'offered',
        profile === 'capped'
          ? `${OFFERED_OVER_CAPACITY} × capacity, open loop`
          : `${input.openTpsPerGroup} per group, open loop`,
      ],
      ['window', `${seconds} s after the warm-up, from block to block`],
      ['repeats', `${repeats}, in rounds over all points`],
      ['transactions', 'signed by the generator and checked by the nodes; durable before they count'],
      ['shares of the machine', `generator, miner and nodes run on the same cores; nodes at nice ${NICE}`],
      ['parent chain', 'toy'],
      ...(calibration === undefined
        ? []
        : [['all cores, calibrated', `${calibration.speedup.toFixed(2)} × one`] as const]),
    ],
    readings,
  };
}
