// Which reading of a LoadTest is next: every round goes through all points, a reading that was disturbed is taken again once, and one
// that stays disturbed ends everything, because no verdict can come of it. Pure.
import type { Profile, Reading } from '@rexnet/load/verdict/reading.ts';
import { invalidReason, isWorthAnother } from '@rexnet/load/verdict/validity.ts';
import type { LoadTestSpec } from '../api/load-test.ts';

export type Slot = {
  readonly round: number;
  readonly groups: number;
  /** 0, and 1 when it is taken again. */
  readonly attempt: number;
};

export type Taken = Slot & {
  readonly reading: Reading;
  /** When the run was over, by the clock of the cluster. */
  readonly endedMs: number;
};

export type Next =
  | { readonly kind: 'slot'; readonly slot: Slot }
  | { readonly kind: 'complete' }
  /** `reason`: what is wrong with the reading that could not be had. */
  | { readonly kind: 'spoilt'; readonly slot: Slot; readonly reason: string };

const RETRIES_MAX = 1;

export function profileOf({ profile }: Pick<LoadTestSpec, 'profile'>): Profile {
  return profile === 'Open' ? 'open' : 'capped';
}

export function nextReading(spec: LoadTestSpec, taken: readonly Taken[]): Next {
  const profile = profileOf(spec);
  for (let round = 0; round < spec.repeats; round++) {
    for (const groups of spec.groups) {
      const own = taken.filter((one) => one.round === round && one.groups === groups);
      const last = own.toSorted((a, b) => a.attempt - b.attempt).at(-1);
      if (last === undefined) return { kind: 'slot', slot: { round, groups, attempt: 0 } };
      const reason = invalidReason(last.reading, profile);
      if (reason === undefined) continue;
      const { attempt } = last;
      if (attempt >= RETRIES_MAX || !isWorthAnother(last.reading, profile))
        return { kind: 'spoilt', slot: { round, groups, attempt }, reason };
      return { kind: 'slot', slot: { round, groups, attempt: attempt + 1 } };
    }
  }
  return { kind: 'complete' };
}

/** How many readings there are to be. */
export function readingsWanted({ groups, repeats }: Pick<LoadTestSpec, 'groups' | 'repeats'>): number {
  return groups.length * repeats;
}

/** Which of them a slot is, counted from 1. */
export function placeOf({ groups }: Pick<LoadTestSpec, 'groups'>, slot: Slot): number {
  return slot.round * groups.length + groups.indexOf(slot.groups) + 1;
}

export function isSameSlot(one: Slot, other: Slot): boolean {
  return one.round === other.round && one.groups === other.groups && one.attempt === other.attempt;
}
