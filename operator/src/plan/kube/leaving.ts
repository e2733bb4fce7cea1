// Groups that left spec.groups: which may go, and which stay because the chain still counts on them. Pure. Without word from
// the chain nobody goes.
import type { NodeAnswer } from './chain-seen.ts';

export type Leaving = {
  /** They stay for now. */
  readonly retiring: readonly number[];
  /** The chain does not know them: deleting loses nothing. */
  readonly gone: readonly number[];
  /** Why the first of them stays. */
  readonly message?: string;
};

export function leavingGroups(groups: number, existing: readonly number[], chain: NodeAnswer | undefined): Leaving {
  const left = existing.filter((group) => group >= groups).sort((a, b) => a - b);
  const known = new Set(chain?.groups.map(({ group }) => group));
  const retiring = left.filter((group) => chain === undefined || known.has(group) || chain.owners.includes(group));
  const [first] = retiring;
  return {
    retiring,
    gone: left.filter((group) => !retiring.includes(group)),
    ...(first === undefined ? {} : { message: whyStays(first, chain) }),
  };
}

function whyStays(group: number, chain: NodeAnswer | undefined): string {
  const back = `set spec.groups back to ${group + 1} or more to keep it`;
  if (chain === undefined)
    return `Group ${group} is to go, but no node says what it still owns; it stays until one answers, or ${back}.`;
  const owned = chain.owners.filter((owner) => owner === group).length;
  if (owned > 0)
    return `Group ${group} is to go, but still owns ${owned} partition${owned === 1 ? '' : 's'}; it stays until they have moved, or ${back}.`;
  return `Group ${group} owns nothing any more, but the chain still counts on it; it stays until the shard map leaves it out, or ${back}.`;
}

/** Groups of the Testnet that own nothing yet: more of them carry no more load until partitions move. */
export function idleGroups(groups: number, chain: NodeAnswer | undefined): readonly number[] {
  if (chain === undefined) return [];
  const owners = new Set(chain.owners);
  return Array.from({ length: groups }, (_, group) => group).filter((group) => !owners.has(group));
}
