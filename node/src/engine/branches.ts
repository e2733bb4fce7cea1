// The headers around given blocks on any branch: the line that leads to each and everything known that builds on it. What
// lost its place still confirms what was read because of it, so those who come late must be able to learn it.
import type { HeaderEntry } from '../consensus/header-entry.ts';
import type { HeaderTree } from '../consensus/header-tree.ts';

/** Heights looked at for one answer, whatever it asks for. */
const LEVELS_MAX = 4_096;

export interface BranchQuestion {
  readonly tree: Pick<HeaderTree, 'get' | 'at'>;
  readonly group: number;
  /** What the asker has, newest first: a line begins above the first of them it rests on. */
  readonly known: readonly HeaderEntry[];
  readonly branches: readonly Uint8Array[];
  readonly limit: number;
  isServed(entry: HeaderEntry): boolean;
}

/** Each header once, parents before children. */
export function branchLines({ tree, group, known, branches, limit, isServed }: BranchQuestion): HeaderEntry[] {
  const lines = new Set<HeaderEntry>();
  const add = (entry: HeaderEntry | undefined): void => {
    if (entry !== undefined && entry.height > 0 && lines.size < limit && isServed(entry)) lines.add(entry);
  };
  let levels = 0;
  for (const id of branches) {
    if (lines.size >= limit || levels >= LEVELS_MAX) break;
    const named = tree.get(id);
    if (named === undefined || named.group !== group) continue;
    const root = known.find((entry) => named.ancestorAt(entry.height) === entry);
    const first = Math.max(root === undefined ? 0 : root.height + 1, named.height - limit);
    for (let height = first; height <= named.height; height++) add(named.ancestorAt(height));
    for (let level: readonly HeaderEntry[] = [named]; level.length > 0 && lines.size < limit && levels < LEVELS_MAX; ) {
      const { height } = level[0]!;
      levels++;
      const parents = new Set(level);
      level = tree.at(group, height + 1).filter(({ parent }) => parent !== undefined && parents.has(parent));
      for (const entry of level) add(entry);
    }
  }
  return [...lines];
}
