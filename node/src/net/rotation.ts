// Whom to ask for a thing the n-th time, so that nobody who may have it is left out for good. Pure: it counts tries only.

/** Every third question about headers goes to anybody: whoever read a block has its header. */
const ANYBODY_EVERY = 3;

/**
 * The n-th to be asked: the group's own nodes in turn and, every third time, all known ones in turn. Each list is walked by a
 * count of its own: a count shared with other questions can step in time with them and pass over the same peer forever.
 * `start` is where a walk begins, so that not all nodes begin with the same peer.
 */
export function anyOf<T>(own: readonly T[], all: readonly T[], tries: number, start: number): T | undefined {
  const others = Math.floor(tries / ANYBODY_EVERY);
  const isAnybody = tries % ANYBODY_EVERY === ANYBODY_EVERY - 1;
  return own.length === 0 || isAnybody
    ? inTurn(all, (own.length === 0 ? tries : others) + start)
    : inTurn(own, tries - others + start);
}

export function inTurn<T>(from: readonly T[], nth: number): T | undefined {
  return from[nth % Math.max(1, from.length)];
}
