// What must hold of a bench beside a curve's verdict: figures against their bounds, and one sentence for all. Pure.
import type { Table } from '@rexnet/load/verdict/markdown.ts';
import type { Profile, Reading } from '@rexnet/load/verdict/reading.ts';
import { invalidReason } from '@rexnet/load/verdict/validity.ts';
import type { Outcome } from './report.ts';

export interface Requirement {
  readonly name: string;
  /** NaN meets nothing. */
  readonly value: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Judged {
  readonly outcome: Extract<Outcome, 'Met' | 'NotMet' | 'Invalid'>;
  readonly reason: string;
}

export function isMet({ value, atLeast, atMost }: Requirement): boolean {
  if (Number.isNaN(value)) return false;
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

/** Invalid while any point has fewer sound readings than asked for. */
export function decide(
  points: readonly { readonly name: string; readonly readings: readonly Reading[] }[],
  { profile, repeats }: { readonly profile: Profile; readonly repeats: number },
  requirements: readonly Requirement[],
): Judged {
  for (const { name, readings } of points) {
    const reasons = readings.map((reading) => invalidReason(reading, profile));
    if (reasons.filter((reason) => reason === undefined).length >= repeats) continue;
    const said = reasons.find((reason) => reason !== undefined) ?? 'too few runs were made';
    return { outcome: 'Invalid', reason: `${name}: ${said}` };
  }
  const missed = requirements.find((requirement) => !isMet(requirement));
  if (missed !== undefined) return { outcome: 'NotMet', reason: wording(missed) };
  if (requirements.length === 0) return { outcome: 'Met', reason: 'measured; nothing is required of it' };
  return { outcome: 'Met', reason: requirements.map(wording).join('; ') };
}

export function requirementTable(requirements: readonly Requirement[]): Table {
  return {
    title: 'Must hold',
    head: ['what', 'measured', 'bound', 'met'],
    rows: requirements.map((requirement) => [
      requirement.name,
      shown(requirement.value),
      bound(requirement),
      isMet(requirement) ? 'yes' : 'no',
    ]),
  };
}

function wording(requirement: Requirement): string {
  return `${requirement.name} is ${shown(requirement.value)}, ${bound(requirement)}`;
}

function bound({ atLeast, atMost }: Requirement): string {
  return [
    ...(atLeast === undefined ? [] : [`at least ${shown(atLeast)}`]),
    ...(atMost === undefined ? [] : [`at most ${shown(atMost)}`]),
  ].join(' and ');
}

function shown(value: number): string {
  return Number.isNaN(value) ? 'unknown' : Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toFixed(3)));
}
