// Who may call whom: users call nodes, nodes and miners call nodes, miners call bitcoind, anybody reads metrics. Calls that go out
// are left alone: where names are resolved differs from cluster to cluster, and a wrong guess would stop a chain.
import type { V1NetworkPolicy, V1NetworkPolicyIngressRule, V1NetworkPolicyPeer } from '@kubernetes/client-node';
import type { KubeInput } from './input.ts';
import { type Component, LABEL, selectorOf } from './labels.ts';
import { partName } from './names.ts';
import { testnetMeta } from './owner.ts';
import { PORT } from './pod.ts';

/** As on the wire; client-node calls it `_from` and renames it in a serializer that is not used here. */
type IngressRule = V1NetworkPolicyIngressRule & { from?: V1NetworkPolicyPeer[] };

export function networkPolicies(input: KubeInput): readonly V1NetworkPolicy[] {
  const { name } = input.testnet;
  const only = (component: Component): V1NetworkPolicyPeer => ({
    podSelector: { matchLabels: selectorOf(name, component) },
  });
  const nodes = policy(
    input,
    'node',
    ['node'],
    [allow([PORT.grpc, PORT.metrics]), allow([PORT.peer], [only('node'), only('miner')])],
  );
  const programs = policy(
    input,
    'programs',
    ['contracts', 'load', 'miner'],
    [allow([PORT.minerMetrics, PORT.loadMetrics])],
  );
  if (input.plan.bitcoin.kind === 'toy') return [nodes, programs];
  return [nodes, programs, policy(input, 'bitcoind', ['bitcoind'], [allow([PORT.bitcoind], [only('miner')])])];
}

function policy(
  input: KubeInput,
  part: 'node' | 'programs' | 'bitcoind',
  components: readonly Component[],
  ingress: IngressRule[],
): V1NetworkPolicy {
  const { name } = input.testnet;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: testnetMeta(input, partName(name, part), 'network'),
    spec: {
      podSelector: {
        matchLabels: { [LABEL.testnet]: name },
        matchExpressions: [{ key: LABEL.component, operator: 'In', values: [...components] }],
      },
      policyTypes: ['Ingress'],
      ingress,
    },
  };
}

/** From anywhere when nobody is named. */
function allow(ports: readonly number[], from?: V1NetworkPolicyPeer[]): IngressRule {
  return { ...(from === undefined ? {} : { from }), ports: ports.map((port) => ({ port, protocol: 'TCP' })) };
}
