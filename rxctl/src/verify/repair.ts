// Finds the one flipped bit that explains why bytes are not what a hash commits: damage is then named to the bit, and what
// rests on those bytes can still be verified. It changes nothing on disk.
import { hex } from './bytes.ts';
import { sha256d } from './hash.ts';

export interface Flip {
  /** The bytes as they were written. */
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly bit: number;
}

/** Searching hashes all bytes once for each of their bits. */
const SEARCH_BYTES_MAX = 16 * 1024;

/** The first flip that `isRight` accepts; undefined also where there are too many to try. */
export function findFlip(
  bytes: Uint8Array,
  isRight: (bytes: Uint8Array) => boolean,
  bytesMax: number = SEARCH_BYTES_MAX,
): Flip | undefined {
  if (bytes.length > bytesMax) return undefined;
  const copy = Uint8Array.from(bytes);
  for (let at = 0; at < copy.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      copy[at] = copy[at]! ^ (1 << bit);
      if (isRight(copy)) return { bytes: copy, at, bit };
      copy[at] = copy[at]! ^ (1 << bit);
    }
  }
  return undefined;
}

export function findHeaderFlip(bytes: Uint8Array, id: string): Flip | undefined {
  return findFlip(bytes, (candidate) => hex(sha256d(candidate)) === id);
}

export function describeFlip({ at, bit }: Flip): string {
  return `bit ${bit} of byte ${at} is flipped`;
}

/** Field of a header at an offset, for people. */
export function headerFieldAt(offset: number): string {
  const field = HEADER_FIELDS.findLast(([from]) => from <= offset);
  return field === undefined ? 'header' : field[1];
}

const HEADER_FIELDS: readonly (readonly [from: number, name: string])[] = [
  [0, 'version'],
  [2, 'networkId'],
  [6, 'group'],
  [10, 'height'],
  [18, 'parent'],
  [50, 'timestampMs'],
  [58, 'target'],
  [62, 'epoch'],
  [70, 'transactionsRoot'],
  [102, 'outboxRoot'],
  [134, 'receiptsRoot'],
  [166, 'stateRoot'],
  [198, 'checkpointRoot'],
  [230, 'miner'],
  [266, 'reads'],
];
