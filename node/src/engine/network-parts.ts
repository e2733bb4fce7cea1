// What every state and view of a network is made of besides its genesis. It opens nothing.
import type { Network } from '../chain/genesis.ts';
import { REGTEST_GENESIS_HEADER } from '../consensus/bitcoin-header.ts';
import { BitcoinTree } from '../consensus/bitcoin-tree.ts';
import { targetFromBits } from '../consensus/target.ts';

/** Of the first map, ascending. */
export function groupsOf(network: Network): number[] {
  return [...new Set(network.firstMap.owners)].sort((a, b) => a - b);
}

/** Regtest's genesis is also the root of toy chains, so that the same tree records either. */
export function recordedTree(parentTargetBits: number): BitcoinTree {
  const parentTarget = targetFromBits(parentTargetBits);
  if (parentTarget === undefined) throw new RangeError('genesis has no parent target');
  return new BitcoinTree({ root: REGTEST_GENESIS_HEADER, rootHeight: 0, parentTarget });
}
