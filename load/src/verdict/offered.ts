// How much a capped measurement offers and how long it waits for the rest: the same on a laptop and in a cluster. Pure.

/** More than the protocol allows, so that the cap is what is measured, and a block is never short. */
export const OFFERED_OVER_CAPACITY = 1.2;
/** What is under way when the offering ends takes some beats, and what was offered above capacity as long as it did. */
const TAIL_SECONDS = 15;

/** Long enough for all that was offered above capacity. */
export function drainSecondsAfter(offeringSeconds: number): number {
  return Math.ceil((OFFERED_OVER_CAPACITY - 1) * offeringSeconds) + TAIL_SECONDS;
}
