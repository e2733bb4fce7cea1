// What builders of Kubernetes objects are given in tests: a Testnet of any spec, parsed and planned as the operator does.
import { parseTestnet } from '../../../api/parse.ts';
import { planTestnet } from '../../plan.ts';
import type { KubeFacts, KubeInput } from '../input.ts';

export function inputOf(spec: unknown, name = 'demo', facts: Partial<KubeFacts> = {}): KubeInput {
  const parsed = parseTestnet({ apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata: { name }, spec });
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const { testnet } = parsed;
  const key = new Uint8Array(32);
  const planned = planTestnet(testnet, { bitcoind: { kind: 'found' }, governance: key, compilerHash: key });
  if ('refusal' in planned) throw new Error(planned.refusal.message);
  return {
    testnet,
    plan: planned.plan,
    facts: {
      namespace: 'lab',
      uid: '0b5e7f3c-0000-4000-8000-000000000001',
      image: testnet.spec.image === '' ? 'ghcr.io/acme/rexnet@sha256:1111' : testnet.spec.image,
      bitcoindImage: 'ghcr.io/acme/bitcoind@sha256:2222',
      imagePullPolicy: 'IfNotPresent',
      retiring: [],
      contractsDeployed: true,
      ...facts,
    },
  };
}
