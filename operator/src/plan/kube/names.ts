// Names of all that is made for a Testnet: its own and an ending. No ending of a kind ends with another of that kind, so two
// Testnets of one namespace never meet, whatever they are called.

/** The controller writes the name and a hash into a label, which holds 63 characters. */
export const STATEFUL_SET_NAME_MAX_LENGTH = 52;
export const SERVICE_NAME_MAX_LENGTH = 63;

/** ConsensusGroup, StatefulSet, client Service and PodDisruptionBudget of a group. */
export function groupName(testnet: string, group: number): string {
  return `${testnet}-g${group}`;
}

/** Headless Service of a group. */
export function peerServiceName(testnet: string, group: number): string {
  return `${groupName(testnet, group)}-peers`;
}

export function podName(testnet: string, group: number, ordinal: number): string {
  return `${groupName(testnet, group)}-${ordinal}`;
}

/** Short on purpose: within a namespace the first search domain answers. */
export function nodeHost(testnet: string, group: number, ordinal: number): string {
  return `${podName(testnet, group, ordinal)}.${peerServiceName(testnet, group)}`;
}

export type Part =
  | 'genesis'
  | 'peers'
  | 'governance'
  | 'bitcoind'
  | 'miner'
  | 'node'
  | 'programs'
  | 'load'
  | 'contracts';

export function partName(testnet: string, part: Part): string {
  return `${testnet}-${part}`;
}

/** A Job cannot change, so another list of contracts is another Job. */
export function contractsJobName(testnet: string, hash: string): string {
  return `${partName(testnet, 'contracts')}-${hash}`;
}

export function generatorName(testnet: string, generator: number): string {
  return `${partName(testnet, 'load')}-${generator}`;
}
