// All that the operator may do, gathered from the controllers that do it, and what people get of our kinds. The chart's
// roles are generated from this; nothing else is granted.
import { GROUP_RULES, MACHINE_RULES } from '../controllers/consensus-group.ts';
import type { Rule } from '../controllers/controller.ts';
import { LOAD_TEST_RULES } from '../controllers/load-test.ts';
import { SHARD_MAP_RULES } from '../controllers/shard-map.ts';
import { TESTNET_RULES } from '../controllers/testnet.ts';
import { LEASE_NAME } from '../kube/lease.ts';

type Verb = Rule['verbs'][number] | 'deletecollection';
export type PeopleRule = Omit<Rule, 'verbs'> & { readonly verbs: readonly Verb[] };

/** Of every controller: events about its objects. */
const EVENT_RULES: readonly Rule[] = [{ group: 'events.k8s.io', resources: ['events'], verbs: ['create', 'patch'] }];

/** In every namespace it serves. */
export const OPERATOR_RULES: readonly Rule[] = merged([
  ...TESTNET_RULES,
  ...GROUP_RULES,
  ...SHARD_MAP_RULES,
  ...LOAD_TEST_RULES,
  ...EVENT_RULES,
]);
/** Of the cluster, when it serves all of it. */
export const CLUSTER_RULES: readonly Rule[] = merged(MACHINE_RULES);
/** In its own namespace. What is yet to be made has no name to be granted by. */
export const LEASE_RULES: readonly Rule[] = [
  { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['create'] },
  { group: 'coordination.k8s.io', resources: ['leases'], names: [LEASE_NAME], verbs: ['get', 'update'] },
];

const READ = ['get', 'list', 'watch'] as const;
const WRITE = ['create', 'update', 'patch', 'delete'] as const;
const GROUP = 'rexnet.dev';

const VIEW: readonly PeopleRule[] = [
  { group: GROUP, resources: ['testnets', 'loadtests', 'consensusgroups', 'shardmaps'], verbs: READ },
];
/** Statuses, and groups, are the operator's alone. A ShardMap is patched to approve of a proposal. */
const EDIT: readonly PeopleRule[] = [
  ...VIEW,
  { group: GROUP, resources: ['testnets', 'loadtests'], verbs: WRITE },
  { group: GROUP, resources: ['testnets/scale'], verbs: ['get', 'update', 'patch'] },
  { group: GROUP, resources: ['shardmaps'], verbs: ['patch'] },
];
/** Each suffices by itself: who is bound to one directly has no other. */
export const PEOPLE_RULES: Readonly<Record<'view' | 'edit' | 'admin', readonly PeopleRule[]>> = {
  view: VIEW,
  edit: EDIT,
  admin: [...EDIT, { group: GROUP, resources: ['testnets', 'loadtests'], verbs: ['deletecollection'] }],
};

/** One rule for every set of verbs of a group, all in alphabetical order. */
function merged(rules: readonly Rule[]): readonly Rule[] {
  const verbs = new Map<string, Set<Rule['verbs'][number]>>();
  for (const rule of rules)
    for (const resource of rule.resources) {
      const key = `${rule.group}/${resource}`;
      verbs.set(key, new Set([...(verbs.get(key) ?? []), ...rule.verbs]));
    }
  const byVerbs = new Map<string, { group: string; resources: string[]; verbs: Rule['verbs'] }>();
  for (const [key, granted] of [...verbs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const slash = key.indexOf('/');
    const [group, resource] = [key.slice(0, slash), key.slice(slash + 1)];
    const sorted = [...granted].sort();
    const at = `${group} ${sorted.join(' ')}`;
    const rule = byVerbs.get(at) ?? { group, resources: [], verbs: sorted };
    rule.resources.push(resource);
    byVerbs.set(at, rule);
  }
  return [...byVerbs.values()];
}
