// What a LoadTest says of itself: where it stands in one sentence, its points so far as text, and at the end the verdict. Pure.
import type { Point } from '@rexnet/load/verdict/point.ts';
import { mean } from '@rexnet/load/verdict/statistics.ts';
import { invalidReason, REACHED } from '@rexnet/load/verdict/validity.ts';
import { judge, type Verdict } from '@rexnet/load/verdict/verdict.ts';
import type { LoadTestPoint, LoadTestSpec, LoadTestStatus } from '../api/load-test.ts';
import type { Judged } from './conditions.ts';
import { resultsName } from './load-test-names.ts';
import { nextReading, placeOf, profileOf, readingsWanted, type Slot, type Taken } from './load-test-slots.ts';

export type Phase =
  /** Nothing runs yet. */
  | { readonly kind: 'pending'; readonly reason: string; readonly message: string }
  /** Nothing can run as it is asked for. */
  | { readonly kind: 'refused'; readonly reason: string; readonly message: string }
  | { readonly kind: 'running'; readonly slot: Slot; readonly reason: string; readonly message: string }
  | { readonly kind: 'over'; readonly verdict: Verdict };

export type LoadTestTold = {
  readonly fields: Omit<LoadTestStatus, 'conditions' | 'observedGeneration'>;
  readonly conditions: readonly Judged[];
};

const REASON_MAX_LENGTH = 1_024;
const INVALID_REASON_MAX_LENGTH = 256;
const PERCENT = 100;
const SECOND_MS = 1_000;

/** What `rxctl bench scale --profile open` measures on one machine, and nobody can for machines that others share. */
export const NO_CEILING = 'what all machines together could do is not calibrated in a cluster';

/** On what was taken so far; a reading that could not be had decides everything. */
export function verdictOf(spec: LoadTestSpec, taken: readonly Taken[]): Verdict {
  const judged = judge({
    profile: profileOf(spec),
    groups: spec.groups,
    repeats: spec.repeats,
    readings: taken.map(({ reading }) => reading),
    efficiencyMin: spec.minEfficiencyPercent / PERCENT,
  });
  const next = nextReading(spec, taken);
  if (next.kind === 'spoilt')
    return { ...judged, verdict: 'Invalid', reason: `${counted(next.slot.groups)}: ${next.reason}` };
  return { ...judged, reason: `${judged.reason}${openCaveat(spec, judged, taken)}` };
}

/** Without a cap a curve says nothing of the hardware while all that was offered was done, and who falls short may lack machines. */
function openCaveat({ profile }: LoadTestSpec, { verdict, points }: Verdict, taken: readonly Taken[]): string {
  if (profile !== 'Open' || verdict === 'Invalid') return '';
  const isAllDone = points.every(({ groups, tps }) => tps >= REACHED * offeredAt(groups, taken));
  if (isAllDone)
    return '; all that was offered was done, so this is not yet what the nodes can do: raise spec.tpsPerGroup';
  return `; ${NO_CEILING}${verdict === 'Sublinear' ? ', so it may be machines that were short' : ''}`;
}

function offeredAt(groups: number, taken: readonly Taken[]): number {
  const own = taken.filter((one) => one.groups === groups && one.reading.broken === undefined);
  return own.length === 0 ? 0 : mean(own.map(({ reading }) => reading.offeredTps));
}

export function loadTestStatus(name: string, spec: LoadTestSpec, phase: Phase, taken: readonly Taken[]): LoadTestTold {
  const sofar = taken.length === 0 ? [] : verdictOf(spec, taken).points;
  const points = sofar.filter(({ groups }) => taken.some((one) => one.groups === groups));
  const last = taken.at(-1);
  const lastPoint = points.find(({ groups }) => groups === last?.groups);
  const written = points.map((point) => pointOf(point, spec, taken));
  const shown = written.find(({ groups }) => groups === last?.groups);
  return {
    fields: {
      ...verdictFields(phase),
      ...(written.length === 0 ? {} : { points: written }),
      ...pointText(spec, phase),
      ...(shown?.tps === undefined ? {} : { tps: shown.tps }),
      ...(shown?.p99 === undefined ? {} : { p99: shown.p99 }),
      ...(lastPoint?.efficiency == null ? {} : { efficiency: lastPoint.efficiency.toFixed(3) }),
    },
    conditions: conditionsOf(name, phase),
  };
}

export function counted(groups: number): string {
  return groups === 1 ? '1 group' : `${groups} groups`;
}

function verdictFields(phase: Phase): Pick<LoadTestStatus, 'verdict' | 'reason'> {
  switch (phase.kind) {
    case 'over':
      return { verdict: phase.verdict.verdict, reason: cut(phase.verdict.reason, REASON_MAX_LENGTH) };
    case 'refused':
      return { verdict: 'Invalid', reason: cut(`${phase.reason}: ${phase.message}`, REASON_MAX_LENGTH) };
    default:
      return {};
  }
}

function pointText(spec: LoadTestSpec, phase: Phase): Pick<LoadTestStatus, 'pointText'> {
  const all = readingsWanted(spec);
  if (phase.kind === 'running') return { pointText: `${placeOf(spec, phase.slot)}/${all}` };
  return phase.kind === 'over' ? { pointText: `${all}/${all}` } : {};
}

function pointOf(point: Point, { profile }: LoadTestSpec, taken: readonly Taken[]): LoadTestPoint {
  const { groups, completed, tps, efficiency, ofCapacity, p50Ms, p95Ms, p99Ms, crossGroupShare, valid } = point;
  const offered = offeredAt(groups, taken);
  const judged = profile === 'Capped' ? (ofCapacity ?? efficiency) : efficiency;
  return {
    groups,
    offered: offered.toFixed(1),
    completed: String(completed),
    tps: tps.toFixed(1),
    ...(judged === null ? {} : { efficiency: judged.toFixed(3) }),
    p50: latencyText(p50Ms),
    p95: latencyText(p95Ms),
    p99: latencyText(p99Ms),
    crossGroupPercent: (crossGroupShare * PERCENT).toFixed(1),
    valid,
    ...(point.invalidReason === null ? {} : { invalidReason: cut(point.invalidReason, INVALID_REASON_MAX_LENGTH) }),
  };
}

function conditionsOf(name: string, phase: Phase): readonly Judged[] {
  const { reason, message } = said(name, phase);
  const condition = (type: string, holds: boolean): Judged => ({
    type,
    status: holds ? 'True' : 'False',
    reason,
    message,
  });
  /** Bad news, in words only where it holds. */
  const obstacle = (type: string, holds: boolean): Judged =>
    holds
      ? condition(type, true)
      : { type, status: 'False', reason: 'Progressing', message: 'Nothing stands in the way.' };
  const isOver = phase.kind === 'over';
  const isRefused = phase.kind === 'refused';
  return [
    condition('Complete', isOver),
    obstacle('Failed', isRefused),
    condition('Ready', isOver),
    condition('Reconciling', !isOver && !isRefused),
    obstacle('Stalled', isRefused),
  ];
}

function said(name: string, phase: Phase): { readonly reason: string; readonly message: string } {
  if (phase.kind !== 'over') return { reason: phase.reason, message: phase.message };
  const { verdict, reason } = phase.verdict;
  return { reason: verdict, message: `${verdict}: ${reason}. Artefacts are in the ConfigMap ${resultsName(name)}.` };
}

/** One reading, for a sentence. */
export function readingText({ reading }: Taken, spec: LoadTestSpec): string {
  const wrong = invalidReason(reading, profileOf(spec));
  return wrong === undefined ? `${reading.tps.toFixed(1)} TPS` : `invalid: ${wrong}`;
}

function latencyText(ms: number): string {
  return ms < SECOND_MS ? `${Math.round(ms)}ms` : `${(ms / SECOND_MS).toFixed(2)}s`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
