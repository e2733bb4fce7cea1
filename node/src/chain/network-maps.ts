// What the headers of one network ask for: the rules of its shard maps, and the judgement on what comes with a header. It
// keeps nothing.
import { verifyWitness, witnessEnd } from '../consensus/auxpow.ts';
import type { MapRules } from '../consensus/map-rules.ts';
import type { Header } from '../core/layouts.ts';
import type { Network } from './genesis.ts';
import { birthOf, joinedHeader } from './genesis-block.ts';
import { mapAfter, provenUpdateOf, type SignatureCheck, verifyProvenUpdate } from './map-update.ts';
import { HOME_GROUP } from './shard-map.ts';

export function networkMaps(network: Network, accepts: SignatureCheck): MapRules {
  const { genesis, networkId, firstMap } = network;
  const governance = { networkId, publicKey: genesis.governance, accepts };
  return {
    first: firstMap,
    after: (before, update) => mapAfter(before, update, governance),
    shownBehind: (witness) => {
      const end = witnessEnd(witness);
      return end === undefined ? undefined : provenUpdateOf(witness.subarray(end));
    },
    birth: (group, map, adopting, read) =>
      joinedHeader(network, group, birthOf(map, read), adopting.header.timestampMs),
  };
}

/** Whether bytes are a witness of the block and, in group 0, nothing or the update the block holds behind it. */
export function verifyEvidence({ genesis }: Network, header: Header, id: Uint8Array, evidence: Uint8Array): boolean {
  const end = header.group === HOME_GROUP ? witnessEnd(evidence) : evidence.length;
  if (end === undefined) return false;
  const { ok } = verifyWitness({
    witness: evidence.subarray(0, end),
    blockId: id,
    group: header.group,
    chainIdBase: genesis.chainIdBase,
    targetBits: header.target,
    blockTimestampMs: header.timestampMs,
  });
  return ok && (end === evidence.length || verifyProvenUpdate(evidence.subarray(end), header.transactionsRoot));
}
