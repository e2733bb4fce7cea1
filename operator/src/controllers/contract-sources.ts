// Whether the ConfigMaps are there that spec.contracts names. A pod that is to mount one that is not waits, and no condition of it says
// what for. Asked only while it waits; nothing is remembered.
import { keyOf } from '../kube/resources.ts';
import type { KubeInput } from '../plan/kube/input.ts';
import { LABEL } from '../plan/kube/labels.ts';
import { podSeenOf } from '../plan/kube/pod-seen.ts';
import { BY_TESTNET, CONFIG_MAPS, type ConfigMapObject, PODS } from './collections.ts';
import type { Clients, Copies } from './controller.ts';

/** The first source that is missing, and what helps. */
export async function absentSource(
  { testnet, plan, facts: { namespace } }: KubeInput,
  copies: Copies,
  { rest, signal }: Clients,
): Promise<string | undefined> {
  const pods = copies.of(PODS).by(BY_TESTNET, keyOf({ namespace, name: testnet.name }));
  const isWaiting = pods.some(
    (pod) => pod.metadata.labels?.[LABEL.component] === 'contracts' && podSeenOf(pod).waiting !== undefined,
  );
  if (!isWaiting) return undefined;
  for (const { name, source } of plan.contracts) {
    if (source.kind === 'shipped') continue;
    const found = await rest.get<ConfigMapObject>(CONFIG_MAPS.resource, { namespace, name: source.name }, { signal });
    if (found === undefined)
      return `there is no ConfigMap ${source.name} in this namespace; create it with the source of ${name} as ${source.key}`;
    const keys = Object.keys({ ...found.data, ...found.binaryData });
    if (!keys.includes(source.key))
      return `ConfigMap ${source.name} has no ${source.key}, where the source of ${name} should be; it has ${keys.sort().join(', ') || 'nothing'}`;
  }
  return undefined;
}
