// The labels of all that is made for a Testnet, and the selectors over them. Versions stand in none: a new operator must not
// change a pod template.
import { API_GROUP } from '../../api/definition.ts';

/** `network` is what no single program owns. */
export type Component = 'node' | 'miner' | 'bitcoind' | 'contracts' | 'load' | 'network';
export type Labels = Record<string, string>;

export const LABEL = {
  testnet: `${API_GROUP}/testnet`,
  group: `${API_GROUP}/group`,
  component: `${API_GROUP}/component`,
  generator: `${API_GROUP}/generator`,
} as const;
export const MANAGER = 'rexnet-operator';

/** What a selector names; the other labels are for people and tools. */
export function selectorOf(testnet: string, component: Component, group?: number): Labels {
  return {
    [LABEL.testnet]: testnet,
    [LABEL.component]: component,
    ...(group === undefined ? {} : { [LABEL.group]: String(group) }),
  };
}

/** As status.selector and kubectl -l write it. */
export function selectorText(testnet: string, component: Component, group?: number): string {
  return Object.entries(selectorOf(testnet, component, group))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

export function labelsOf(testnet: string, component: Component, group?: number): Labels {
  return {
    ...selectorOf(testnet, component, group),
    'app.kubernetes.io/name': 'rexnet',
    'app.kubernetes.io/instance': testnet,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': 'rexnet',
    'app.kubernetes.io/managed-by': MANAGER,
  };
}
