// What a person chooses at the top of a page, and how queries select by it.
import type { Variable } from './panels.ts';

/** On a laptop there are no namespaces: the choice is empty, and what is selected has no such label. */
export const NAMESPACE: Variable = { name: 'namespace', label: 'Namespace', series: 'rexnet_node_info' };
export const TESTNET: Variable = {
  name: 'testnet',
  label: 'Testnet',
  series: 'rexnet_node_info{namespace="$namespace"}',
};

export const IN_NAMESPACE = 'namespace="$namespace"';
export const IN_TESTNET = `${IN_NAMESPACE}, testnet="$testnet"`;
