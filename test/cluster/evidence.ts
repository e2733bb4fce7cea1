// What a person would look at when a test on a cluster has failed, printed before the cluster is gone. It fails never.
import type { Cluster } from './cluster-type.ts';
import { reasonOf } from './errors.ts';

const LOG_LINES = 80;
const QUESTIONS = (namespace: string): readonly (readonly string[])[] => [
  ['get', 'nodes', '-o', 'wide'],
  ['get', 'pods', '-A', '-o', 'wide'],
  [
    '-n',
    namespace,
    'get',
    'testnets,consensusgroups',
    '-o',
    'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.status.conditions}{"\\n"}{end}',
  ],
  ['-n', namespace, 'get', 'events', '--sort-by=.metadata.creationTimestamp'],
  ['-n', 'rexnet-system', 'logs', 'deployment/rexnet-operator', `--tail=${LOG_LINES}`],
  [
    '-n',
    namespace,
    'logs',
    '-l',
    'rexnet.dev/component',
    '--prefix',
    `--tail=${LOG_LINES / 4}`,
    '--max-log-requests=40',
  ],
];

export async function printEvidence(cluster: Cluster, namespace: string): Promise<void> {
  for (const question of QUESTIONS(namespace)) {
    const answer = await cluster.kubectl(question).catch(reasonOf);
    console.log(`kubectl ${question.join(' ')}\n${answer}`);
  }
}
