// Which Testnet of a cluster a verb means: the named one, else the only one of the namespace.
import { TESTNETS, type TestnetObject } from '@rexnet/operator/controllers/collections.ts';
import { LOAD_TEST_LABEL } from '@rexnet/operator/plan/load-test-names.ts';
import { CliError, EXIT } from '../exit.ts';
import { asked, type Cluster, known } from './cluster.ts';

const APPLY = 'make one: kubectl apply -f testnet.yaml';
/** Told of other namespaces. */
const ELSEWHERE_MAX = 5;

type Asked = Pick<Cluster, 'rest' | 'namespace'>;

export async function findTestnet(cluster: Asked, named: string | undefined): Promise<TestnetObject> {
  const { rest, namespace } = cluster;
  if (named !== undefined) {
    const found = await asked(rest.get<TestnetObject>(TESTNETS.resource, { name: named, namespace }));
    if (found !== undefined) return found;
  }
  const { items } = await known(rest.list<TestnetObject>(TESTNETS.resource, { namespace }), TESTNETS.resource);
  const names = items.map(({ metadata }) => metadata.name).sort();
  if (named !== undefined)
    throw new CliError(
      EXIT.notReachable,
      `there is no Testnet ${named} in namespace ${namespace}`,
      names.length === 0 ? await elsewhere(cluster) : `there are ${names.join(', ')}`,
    );
  // A LoadTest makes Testnets of its own, which nobody means who names none.
  const [only, ...others] = items.filter(isOfPeople);
  if (only === undefined)
    throw new CliError(EXIT.notReachable, `there is no Testnet in namespace ${namespace}`, await elsewhere(cluster));
  if (others.length > 0)
    throw new CliError(EXIT.usage, `there are several Testnets: ${names.join(', ')}`, 'say which: --name NAME');
  return only;
}

/** Where to look instead; whoever may not look into other namespaces is told how to make one. */
async function elsewhere({ rest }: Asked): Promise<string> {
  const all = await rest.list<TestnetObject>(TESTNETS.resource).then(
    ({ items }) => items.filter(isOfPeople),
    () => [],
  );
  const places = all.map(({ metadata: { name, namespace = '' } }) => `${name} in -n ${namespace}`).sort();
  if (places.length === 0) return `${APPLY}, or look elsewhere: -n NAMESPACE`;
  const more = places.length > ELSEWHERE_MAX ? ', …' : '';
  return `there is ${places.slice(0, ELSEWHERE_MAX).join(', ')}${more}; or ${APPLY}`;
}

function isOfPeople({ metadata }: TestnetObject): boolean {
  return metadata.labels?.[LOAD_TEST_LABEL.loadTest] === undefined;
}
