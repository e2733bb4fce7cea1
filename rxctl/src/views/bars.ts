// Small drawings of one line: a course of figures, a share of a whole. Pure.
import { type Line, type Tone, toned } from './line.ts';

/** The full block is left out: rows above each other would run together. */
const STEPS = '▁▂▃▄▅▆▇';
const FULL = '█';
const EMPTY = '░';

/** The newest figures at the right; the top is `highest`, the bottom zero, so that equal courses look equal. */
export function spark(course: readonly number[], width: number, highest: number): string {
  const shown = course.slice(-width);
  const drawn = shown.map((value) => {
    if (highest <= 0 || value <= 0) return STEPS[0];
    return STEPS[Math.min(STEPS.length - 1, Math.round((value / highest) * (STEPS.length - 1)))];
  });
  return drawn.join('').padStart(width);
}

export function bar(share: number, width: number, tone: Tone | undefined): Line {
  const filled = Math.max(0, Math.min(width, Math.round(share * width)));
  return [toned(tone, FULL.repeat(filled)), toned('dim', EMPTY.repeat(width - filled))];
}

/**
 * A course over several rows, the newest at the right, from zero to `highest`; eighths of a row, so that small changes show.
 * Rows from top to bottom.
 */
export function area(course: readonly number[], width: number, height: number, highest: number): readonly string[] {
  const shown = course.slice(-width);
  const levels = shown.map((value) =>
    highest <= 0 ? 0 : Math.round((Math.max(0, value) / highest) * height * EIGHTHS.length),
  );
  return Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * EIGHTHS.length;
    const glyphs = levels.map((level) => {
      const eighths = Math.max(0, Math.min(EIGHTHS.length, level - below));
      return eighths === 0 ? ' ' : EIGHTHS[eighths - 1];
    });
    return glyphs.join('').padStart(width);
  });
}

const EIGHTHS = '▁▂▃▄▅▆▇█';
