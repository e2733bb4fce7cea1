// Which Testnet of a cluster a verb means: the named one, else the only one of the namespace.
import { TESTNETS, type TestnetObject } from '@rexnet/operator/controllers/collections.ts';
import { KubeError } from '@rexnet/operator/kube/errors.ts';
import { LOAD_TEST_LABEL } from '@rexnet/operator/plan/load-test-names.ts';
import { CliError, EXIT } from '../exit.ts';
import { asked, type Cluster } from './cluster.ts';

const APPLY = 'make one: kubectl apply -f testnet.yaml';

export async function findTestnet({ rest, namespace }: Cluster, named: string | undefined): Promise<TestnetObject> {
  if (named !== undefined) {
    const found = await asked(rest.get<TestnetObject>(TESTNETS.resource, { name: named, namespace }));
    if (found !== undefined) return found;
  }
  const items = await testnetsOf({ rest, namespace });
  const names = items.map(({ metadata }) => metadata.name).sort();
  // A LoadTest makes Testnets of its own, which nobody means who names none.
  const [only, ...others] = items.filter(({ metadata }) => metadata.labels?.[LOAD_TEST_LABEL.loadTest] === undefined);
  if (named !== undefined)
    throw new CliError(
      EXIT.notReachable,
      `there is no Testnet ${named} in namespace ${namespace}`,
      names.length === 0 ? `${APPLY}, or look elsewhere: -n NAMESPACE` : `there are ${names.join(', ')}`,
    );
  if (only === undefined)
    throw new CliError(
      EXIT.notReachable,
      `there is no Testnet in namespace ${namespace}`,
      `${APPLY}, or look elsewhere: -n NAMESPACE`,
    );
  if (others.length > 0)
    throw new CliError(EXIT.usage, `there are several Testnets: ${names.join(', ')}`, 'say which: --name NAME');
  return only;
}

async function testnetsOf({ rest, namespace }: Pick<Cluster, 'rest' | 'namespace'>): Promise<readonly TestnetObject[]> {
  try {
    return (await rest.list<TestnetObject>(TESTNETS.resource, { namespace })).items;
  } catch (error) {
    if (error instanceof KubeError && error.code === 'NOT_FOUND')
      throw new CliError(
        EXIT.notReachable,
        'the cluster does not know what a Testnet is',
        'install the operator: helm install rexnet charts/rexnet',
        { cause: error },
      );
    return asked(Promise.reject(error));
  }
}
