// What a bench says at its end, whichever it was: one JSON object, the lines for a terminal, an exit code. Pure.
import type { Chart } from '@rexnet/load/verdict/chart.ts';
import { type Page, renderPage, type Table } from '@rexnet/load/verdict/markdown.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { Artefacts } from './artefacts.ts';
import { type MachineFacts, machineWords } from './facts.ts';

/** `Linear` and `Sublinear` of curves, `Met` and `NotMet` of all else. */
export type Outcome = 'Linear' | 'Sublinear' | 'Met' | 'NotMet' | 'Invalid';

export interface BenchReport {
  readonly bench: string;
  readonly title: string;
  /** Says what the figures are and are not. */
  readonly label: string;
  readonly outcome: Outcome;
  readonly reason: string;
  /** The rest of the object, by field. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly tables: readonly Table[];
  readonly chart?: Chart;
  /** How it was measured. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  /** For whoever wants to judge again. */
  readonly readings: unknown;
}

export function exitCodeOf(outcome: Outcome): ExitCode {
  if (outcome === 'Invalid') return EXIT.measurementInvalid;
  return outcome === 'Linear' || outcome === 'Met' ? EXIT.ok : EXIT.verdictNotMet;
}

/** What `-o json` prints. */
export function toObject(report: BenchReport, machine: MachineFacts): Record<string, unknown> {
  const { bench, label, outcome, reason, fields, settings } = report;
  return { bench, verdict: outcome, reason, label, ...fields, settings: Object.fromEntries(settings), machine };
}

export function toPage(report: BenchReport, machine: MachineFacts): Omit<Page, 'chart'> {
  const { title, label, outcome, reason, tables, settings } = report;
  return {
    title,
    label,
    verdict: `${outcome}: ${reason}`,
    tables,
    facts: [['machine', `${machineWords(machine)}, ${machine.memoryGiB} GiB`], ...settings],
  };
}

export function toText(report: BenchReport, machine: MachineFacts): string {
  return renderPage(toPage(report, machine));
}

export function toArtefacts(report: BenchReport, machine: MachineFacts): Artefacts {
  const { bench, chart, readings } = report;
  return {
    name: bench,
    json: { ...toObject(report, machine), readings },
    page: toPage(report, machine),
    ...(chart === undefined ? {} : { chart }),
  };
}
