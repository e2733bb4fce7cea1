// Look after look at a network, until the verb is ended: Ctrl-C in the middle of one is an end as well, not an error. It shows
// nothing and remembers nothing.
import { setTimeout as delay } from 'node:timers/promises';
import type { Io } from '../io.ts';
import type { Snapshot, Source } from './source.ts';

/** A look; the one before where the verb was ended in the middle of it. */
export async function lookAfter(
  { signal }: Pick<Io, 'signal'>,
  source: Source,
  before: Snapshot | undefined,
): Promise<Snapshot> {
  try {
    const snapshot = await source.look();
    // What is seen while the ways to the nodes close shows them silent.
    return before !== undefined && signal.aborted ? before : snapshot;
  } catch (error) {
    if (before !== undefined && signal.aborted) return before;
    throw error;
  }
}

export async function* looksOf(
  io: Pick<Io, 'signal'>,
  source: Source,
  everyMs: number,
): AsyncGenerator<Snapshot, void, undefined> {
  for (let before: Snapshot | undefined; before === undefined || !io.signal.aborted; ) {
    const snapshot = await lookAfter(io, source, before);
    if (snapshot === before) return;
    before = snapshot;
    yield snapshot;
    await delay(everyMs, undefined, { signal: io.signal }).catch(() => undefined);
  }
}
