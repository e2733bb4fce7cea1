// A partition table as one line of text, as a ShardMap shows it: '0-15:0,16-31:1'. There is one text for a table: runs are as
// long as they can be, and what is written otherwise is refused.
import { TABLE_MAX_LENGTH } from '../api/shard-map.ts';

const RANGE = /^(0|[1-9][0-9]{0,9})(?:-([1-9][0-9]{0,9}))?:(0|[1-9][0-9]{0,9})$/;
const PARTITIONS_MAX = 4_096;

export type ParsedTable = { readonly owners: readonly number[] } | { readonly problem: string };

export function printTable(owners: ArrayLike<number>): string {
  const runs: string[] = [];
  for (let first = 0; first < owners.length; ) {
    let last = first;
    while (last + 1 < owners.length && owners[last + 1] === owners[first]) last++;
    runs.push(`${first === last ? first : `${first}-${last}`}:${owners[first]}`);
    first = last + 1;
  }
  const text = runs.join(',');
  if (text.length > TABLE_MAX_LENGTH) throw new RangeError(`a table of ${text.length} characters`);
  return text;
}

export function parseTable(text: string): ParsedTable {
  if (text.length > TABLE_MAX_LENGTH) return { problem: `more than ${TABLE_MAX_LENGTH} characters` };
  const owners: number[] = [];
  for (const run of text === '' ? [] : text.split(',')) {
    const [, begin, end = begin, group] = RANGE.exec(run) ?? [];
    if (group === undefined) return { problem: `${JSON.stringify(run)} is no range such as 0-15:0` };
    const [first, last, owner] = [Number(begin), Number(end), Number(group)];
    if (first !== owners.length) return { problem: `${run} does not begin at partition ${owners.length}` };
    if (last >= PARTITIONS_MAX) return { problem: `${run} ends beyond partition ${PARTITIONS_MAX - 1}` };
    if (run !== `${first === last ? first : `${first}-${last}`}:${owner}` || last < first)
      return { problem: `${run} is not in its shortest form` };
    if (owners.at(-1) === owner) return { problem: `${run} belongs to the range before it` };
    for (let partition = first; partition <= last; partition++) owners.push(owner);
  }
  return { owners };
}
