// Finds the word somebody probably meant. Pure, for short lists of field names and enum words only.

/** A word farther away than this is a different word, not a typing mistake. */
const DISTANCE_MAX = 3;

/** The nearest candidate, or undefined when none is near. Letter case counts for nothing. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(
      ({ candidate, distance: far }) =>
        far <= Math.min(DISTANCE_MAX, Math.ceil(Math.max(word.length, candidate.length) / 3)),
    )
    .sort((left, right) => left.distance - right.distance);
  return ranked[0]?.candidate;
}

/** Edits (insert, delete, replace, swap neighbours) between two short words. */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = cell(rows, i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      let best = Math.min(replaced, cell(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        best = Math.min(best, cell(rows, i - 2, j - 2) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return cell(rows, from.length, to.length);
}

function cell(rows: readonly (readonly number[])[], row: number, column: number): number {
  return rows[row]?.[column] ?? 0;
}
