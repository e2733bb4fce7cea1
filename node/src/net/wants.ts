// What the chain lacks and who is being asked for it: at most one question per thing at a time, asked again elsewhere
// after a failure. Holds no connection and no timer.
import type { Want } from '../engine/api.ts';

/** A part of a state is asked for otherwise: it takes its time. */
export type SmallWant = Exclude<Want, { readonly kind: 'part' }>;

/** Things asked for at once, over all peers. */
export const MAX_QUESTIONS = 256;
/** A peer is not asked for the same thing again before this. */
const RETRY_MS = 500;

export class Wants {
  readonly #asked = new Map<string, { readonly untilMs: number; readonly tries: number }>();

  /** Those of `wants` nobody is being asked for; they count as asked for a while, or until `answered`. */
  due(wants: readonly SmallWant[], nowMs: number): { readonly want: SmallWant; readonly tries: number }[] {
    const out: { want: SmallWant; tries: number }[] = [];
    const keys = new Set(wants.map(keyOf));
    let open = 0;
    for (const [key, { untilMs }] of this.#asked) {
      if (untilMs > nowMs) open++;
      else if (!keys.has(key)) this.#asked.delete(key);
    }
    for (const want of wants) {
      if (open >= MAX_QUESTIONS) break;
      const key = keyOf(want);
      const before = this.#asked.get(key);
      if (before !== undefined && before.untilMs > nowMs) continue;
      const tries = before === undefined ? 0 : before.tries + 1;
      this.#asked.set(key, { untilMs: nowMs + RETRY_MS, tries });
      out.push({ want, tries });
      open++;
    }
    return out;
  }

  /** What is wanted all the same is asked for again at once, and of the next peer: an answer may help without being enough. */
  answered(want: SmallWant): void {
    const asked = this.#asked.get(keyOf(want));
    if (asked !== undefined) this.#asked.set(keyOf(want), { ...asked, untilMs: 0 });
  }
}

function keyOf(want: SmallWant): string {
  return want.kind === 'headers' ? `headers ${want.group}` : `${want.kind} ${Buffer.from(want.id).toString('hex')}`;
}
