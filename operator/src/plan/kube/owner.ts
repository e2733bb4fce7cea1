// Who owns what is made, and the head that every object has. Deleting the owner is the only way anything here is removed as a whole.
import type { V1ObjectMeta, V1OwnerReference } from '@kubernetes/client-node';
import { API_VERSION } from '../../api/definition.ts';
import type { KubeInput } from './input.ts';
import { type Component, labelsOf } from './labels.ts';
import { groupName } from './names.ts';

export type OwnedBy = { readonly kind: 'Testnet' | 'ConsensusGroup'; readonly name: string; readonly uid: string };

export function ownerOf({ kind, name, uid }: OwnedBy): V1OwnerReference {
  return { apiVersion: API_VERSION, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Head of what the Testnet itself owns. */
export function testnetMeta({ testnet, facts }: KubeInput, name: string, component: Component): V1ObjectMeta {
  return {
    name,
    namespace: facts.namespace,
    labels: labelsOf(testnet.name, component),
    ownerReferences: [ownerOf({ kind: 'Testnet', name: testnet.name, uid: facts.uid })],
  };
}

/** Head of what a ConsensusGroup owns; `uid` is that of the ConsensusGroup. */
export function groupMeta({ testnet, facts }: KubeInput, name: string, group: number, uid: string): V1ObjectMeta {
  return {
    name,
    namespace: facts.namespace,
    labels: labelsOf(testnet.name, 'node', group),
    ownerReferences: [ownerOf({ kind: 'ConsensusGroup', name: groupName(testnet.name, group), uid })],
  };
}
