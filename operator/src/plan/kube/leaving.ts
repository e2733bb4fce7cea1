// Groups that left spec.groups: which may go, and which stay because the chain still counts on them. Pure. Without word from
// the chain nobody goes.
import type { ChainSeen } from './chain-seen.ts';

export type Leaving = {
  /** They stay for now. */
  readonly retiring: readonly number[];
  /** The chain does not know them: deleting loses nothing. */
  readonly gone: readonly number[];
  /** Why the first of them stays. */
  readonly message?: string;
};

/** `told`: group 0 was told of so many groups a moment ago, and may name them in a block that nobody has shown us yet. */
export function leavingGroups(
  groups: number,
  existing: readonly number[],
  chain: ChainSeen | undefined,
  told = 0,
): Leaving {
  const known = new Set(chain?.groups.map(({ group }) => group));
  // One that the map names has nodes, whether or not they were there when it was named.
  const all = [...new Set([...existing, ...known])];
  const left = all.filter((group) => group >= groups).sort((a, b) => a - b);
  const retiring = left.filter(
    (group) => chain === undefined || group < told || known.has(group) || chain.owners.includes(group),
  );
  const [first] = retiring;
  return {
    retiring,
    gone: left.filter((group) => !retiring.includes(group)),
    ...(first === undefined ? {} : { message: whyStays(first, chain, known) }),
  };
}

function whyStays(group: number, chain: ChainSeen | undefined, known: ReadonlySet<number>): string {
  const back = `set spec.groups back to ${group + 1} or more to keep it`;
  if (chain === undefined)
    return `Group ${group} is to go, but no node says what it still owns; it stays until one answers, or ${back}.`;
  const owned = chain.owners.filter((owner) => owner === group).length;
  if (owned > 0)
    return `Group ${group} is to go, but still owns ${owned} partition${owned === 1 ? '' : 's'}; it stays until they have moved, or ${back}.`;
  if (!known.has(group))
    return `Group ${group} is to go, but group 0 was just told that it joins; it stays until it is clear whether it did, or ${back}.`;
  return `Group ${group} owns nothing, but the shard map names it, and no group can leave the map in this version: ${back}.`;
}

/** Groups of the Testnet that own nothing yet: more of them carry no more load until partitions move. */
export function idleGroups(groups: number, chain: ChainSeen | undefined): readonly number[] {
  if (chain === undefined) return [];
  const owners = new Set(chain.owners);
  return Array.from({ length: groups }, (_, group) => group).filter((group) => !owners.has(group));
}
