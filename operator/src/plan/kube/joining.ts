// Groups that are asked for and that the shard map does not name yet: whether group 0 can be told now, and what is said until
// the map names them. Pure. No group joins before a node of it runs: none can leave again, so a map that names groups
// which no machine takes could not be mended.
import type { ChainSeen } from './chain-seen.ts';

export type Joining = {
  /** Ascending, one after the other: ids count up. */
  readonly groups: readonly number[];
  /** The first of them no node of which answers yet. */
  readonly absent?: number;
};

export const GROUPS_JOINING = 'GroupsJoining';

/** Undefined when the map names all, or when nobody of group 0 says what it names. */
export function joiningGroups(
  wanted: number,
  home: ChainSeen | undefined,
  isUp: (group: number) => boolean,
): Joining | undefined {
  if (home === undefined || home.groups.length >= wanted) return undefined;
  const first = home.groups.length;
  const groups = Array.from({ length: wanted - first }, (_, index) => first + index);
  const absent = groups.find((group) => !isUp(group));
  return { groups, ...(absent === undefined ? {} : { absent }) };
}

/** Groups that joined, as far as they have not begun; block 0 is not mined. */
export function withoutBlock(
  firstGroups: number | undefined,
  home: ChainSeen,
  hasBlock: (group: number) => boolean,
): readonly number[] {
  if (firstGroups === undefined) return [];
  return home.groups.map(({ group }) => group).filter((group) => group >= firstGroups && !hasBlock(group));
}

export function haveNoBlock(groups: readonly number[]): string {
  const [first] = groups;
  return `The shard map names group ${first}, which has no block yet; its nodes follow the map, and the miner is searching.`;
}

export function waitsForNodes({ groups }: Joining, absent: number): string {
  const which = groups.length === 1 ? 'it joins' : `${namesOf(groups)} join`;
  return `No node of group ${absent} answers yet; ${which} the network as soon as ${groups.length === 1 ? 'it runs' : 'all of them run'}.`;
}

export function isTold({ groups }: Joining, epoch: number): string {
  return `Group 0 is told that ${namesOf(groups)} ${joins(groups)} as epoch ${epoch + 1} of the shard map, and says so in one of its next blocks.`;
}

export function isNotHeard({ groups }: Joining, why: string): string {
  return `No node of group 0 takes the word that ${namesOf(groups)} ${joins(groups)}: ${why}. It is asked again.`;
}

export function isRefused({ groups }: Joining, why: string): string {
  return `Group 0 does not let ${namesOf(groups)} join: ${why}. It is asked again; spec.groups set back to ${groups[0]} withdraws the wish.`;
}

/** What the map says now that it did not say before. */
export function haveJoined({ epoch, groups, owners }: ChainSeen): string {
  const owning = new Set(owners);
  const idle = groups.map(({ group }) => group).filter((group) => !owning.has(group));
  const named = `The shard map of epoch ${epoch} names ${groups.length} groups`;
  return idle.length === 0
    ? `${named}.`
    : `${named}; ${namesOf(idle)} ${idle.length === 1 ? 'owns' : 'own'} no partitions, because partitions cannot move yet.`;
}

function joins(groups: readonly number[]): string {
  return groups.length === 1 ? 'joins' : 'join';
}

/** Consecutive ids for the most part, and up to hundreds of them. */
function namesOf(groups: readonly number[]): string {
  const [first] = groups;
  return groups.length === 1 ? `group ${first}` : `groups ${first} to ${groups.at(-1)}`;
}
