// All that has to exist in a cluster for a Testnet, in the order in which it is made. What is not in it and carries the label of
// the Testnet is to go, groups excepted: those go when their chain has handed over.
import type { Refusal } from '../plan.ts';
import { bitcoindService, bitcoindStatefulSet } from './bitcoind.ts';
import { disruptionBudget } from './budget.ts';
import { contractObjects } from './contracts.ts';
import { genesisConfigMap } from './genesis.ts';
import { consensusGroups } from './group.ts';
import type { KubeInput, Made } from './input.ts';
import { loadObjects } from './load.ts';
import { minerDeployment } from './miner.ts';
import { networkPolicies } from './network-policies.ts';
import { nodeStatefulSet } from './nodes.ts';
import { peersConfigMap } from './peers.ts';
import { clientService, peerService } from './services.ts';

/** Owned by the Testnet; its Secrets, made once, are apart. `genesis` is the file of the running chain. */
export function testnetObjects(
  input: KubeInput,
  genesis: Uint8Array,
): { readonly objects: readonly Made[] } | { readonly refusal: Refusal } {
  const genesisMap = genesisConfigMap(input, genesis);
  if ('refusal' in genesisMap) return genesisMap;
  const peers = peersConfigMap(input);
  if ('refusal' in peers) return peers;
  const hasParent = input.plan.bitcoin.kind === 'regtest';
  return {
    objects: [
      genesisMap.object,
      peers.object,
      ...networkPolicies(input),
      ...(hasParent ? [bitcoindService(input), bitcoindStatefulSet(input)] : []),
      ...consensusGroups(input),
      minerDeployment(input),
      ...contractObjects(input),
      ...loadObjects(input),
    ],
  };
}

/** Owned by the ConsensusGroup, whose uid this is. */
export function groupObjects(input: KubeInput, group: number, uid: string): readonly Made[] {
  return [
    peerService(input, group, uid),
    clientService(input, group, uid),
    ...disruptionBudget(input, group, uid),
    nodeStatefulSet(input, group, uid),
  ];
}
