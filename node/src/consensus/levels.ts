// The known headers of one group by height. Nearly every height has one, so a height with one costs no list of its own.
import type { HeaderEntry } from './header-entry.ts';

type Level = HeaderEntry | readonly HeaderEntry[];

const NONE: readonly HeaderEntry[] = [];

/** Heights without a gap: an entry stands on its parent, and what is dropped is dropped from below. */
export class Levels {
  #base: number;
  readonly #levels: Level[] = [];

  /** `base`: the lowest height there will be. */
  constructor(base: number) {
    this.#base = base;
  }

  at(height: number): readonly HeaderEntry[] {
    const level = this.#levels[height - this.#base];
    return level === undefined ? NONE : listOf(level);
  }

  add(entry: HeaderEntry): void {
    const index = entry.height - this.#base;
    const level = this.#levels[index];
    if (index < 0 || index > this.#levels.length) throw new Error(`${entry.key} stands on nothing`);
    this.#levels[index] = level === undefined ? entry : [...listOf(level), entry];
  }

  /** What stays of a height that has some. */
  keep(height: number, entries: readonly HeaderEntry[]): void {
    const [only] = entries;
    this.#levels[height - this.#base] = entries.length === 1 && only !== undefined ? only : entries;
  }

  dropBelow(height: number): void {
    this.#levels.splice(0, height - this.#base);
    this.#base = height;
  }

  /** In no order. */
  all(): HeaderEntry[] {
    return this.#levels.flat();
  }
}

function listOf(level: Level): readonly HeaderEntry[] {
  return Array.isArray(level) ? level : [level as HeaderEntry];
}
