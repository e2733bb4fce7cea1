import { expect, test } from 'vitest';
import { staleRbac } from '../../../scripts/rbac/files.ts';
import { CLUSTER_RULES, LEASE_RULES, OPERATOR_RULES, PEOPLE_RULES } from './rules.ts';

test('the roles of the chart are those of the rules', () => {
  expect(staleRbac(), 'run node scripts/generate-rbac.ts').toEqual([]);
});

test('the operator deletes no pod, lists no secret, and grants nothing', () => {
  const all = [...OPERATOR_RULES, ...CLUSTER_RULES, ...LEASE_RULES];
  const verbsOf = (resource: string) =>
    all.filter(({ resources }) => resources.includes(resource)).flatMap(({ verbs }) => verbs);
  expect(verbsOf('pods')).not.toContain('delete');
  expect(verbsOf('secrets').toSorted()).toEqual(['create', 'get']);
  expect(all.every(({ group }) => group !== 'rbac.authorization.k8s.io')).toBe(true);
  expect(JSON.stringify(all)).not.toContain('*');
});

test.each(['edit', 'admin'] as const)('who has %s alone can read what he writes', (role) => {
  for (const resource of ['testnets', 'loadtests', 'shardmaps']) {
    const verbs = PEOPLE_RULES[role].flatMap((rule) => (rule.resources.includes(resource) ? rule.verbs : []));
    expect(verbs).toEqual(expect.arrayContaining(['get', 'list', 'watch', 'patch']));
  }
});

test('people write no status and no group', () => {
  const written = Object.values(PEOPLE_RULES)
    .flat()
    .filter(({ verbs }) => verbs.some((verb) => verb !== 'get' && verb !== 'list' && verb !== 'watch'))
    .flatMap(({ resources }) => resources);
  expect(written.filter((resource) => resource.endsWith('/status') || resource === 'consensusgroups')).toEqual([]);
});
