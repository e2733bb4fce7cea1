// The ConfigMap with the genesis file. It holds public bytes only, and never changes.
import type { V1ConfigMap } from '@kubernetes/client-node';
import { type Built, bounded } from './bounds.ts';
import type { KubeInput } from './input.ts';
import { partName } from './names.ts';
import { testnetMeta } from './owner.ts';
import { GENESIS_KEY } from './pod.ts';

export function genesisConfigMap(input: KubeInput, genesis: Uint8Array): Built<V1ConfigMap> {
  const object: V1ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: testnetMeta(input, partName(input.testnet.name, 'genesis'), 'network'),
    immutable: true,
    binaryData: { [GENESIS_KEY]: Buffer.from(genesis).toString('base64') },
  };
  return bounded(
    object,
    genesis.length,
    'the genesis file',
    'spec.chain.partitions',
    'lower spec.chain.partitions or spec.groups',
  );
}
