// The signed map update that brings a network to as many groups as are wanted, in the envelope that any node takes on to
// group 0. It asks nobody and sends nothing; who is told BAD_MAP_UPDATE looks again, somebody else was quicker.
import type { Network } from '../chain/genesis.ts';
import { signAddition } from '../chain/map-update.ts';
import { mapWithGroups } from '../chain/shard-map.ts';
import { signTransaction, TRANSACTION_KIND } from '../chain/transaction.ts';
import { SCOPE } from '../core/scopes.ts';
import type { StatusView } from '../rpc/backend.ts';
import type { TransactionSigner } from './build.ts';

/** Of a node of group 0: the map at its tip. */
export type MapSeen = Pick<StatusView, 'epoch'> & {
  readonly groups: readonly { readonly group: number }[];
};

/** Undefined when the network has them already: no group ever leaves in this version. */
export function growthOf(
  network: Network,
  seen: MapSeen,
  wanted: number,
  governance: TransactionSigner,
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
