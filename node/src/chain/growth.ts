// The signed map update that brings a network to as many groups as are wanted, in the envelope that any node takes on to
// group 0. It asks nobody and sends nothing; who is told BAD_MAP_UPDATE looks again, somebody else was quicker.
import { SCOPE } from '../core/scopes.ts';
import type { Network } from './genesis.ts';
import { signAddition } from './map-update.ts';
import { mapWithGroups } from './shard-map.ts';
import { signTransaction, TRANSACTION_KIND } from './transaction.ts';

/** What a node of group 0 says of the map at its tip. */
export interface MapSeen {
  readonly epoch: number;
  readonly groups: readonly { readonly group: number }[];
}

/** The governance key of a network. */
export interface Governor {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** Undefined when the network has them already: no group ever leaves in this version. */
export function growthOf(
  network: Network,
  seen: MapSeen,
  wanted: number,
  governance: Governor,
): Uint8Array | undefined {
  const groups = seen.groups.map(({ group }) => group);
  if (groups.length >= wanted) return undefined;
  const before = mapWithGroups(network.firstMap, seen.epoch, groups);
  const sign = (message: Uint8Array): Uint8Array => governance.sign(message);
  const update = signAddition(before, wanted - groups.length, network.networkId, sign);
  // What a transaction needs beside what it carries: nothing of it is looked at.
  const fields = {
    kind: TRANSACTION_KIND.mapUpdate,
    sender: governance.publicKey,
    nonce: 0n,
    validUntilMs: 0,
    gasLimit: 0n,
    gasPrice: 0n,
    contract: 0n,
    op: 0,
    target: { scope: SCOPE.global, key: new Uint8Array(0) },
    args: update,
  };
  return signTransaction(fields, network.networkId, sign);
}
