// Whether a cluster can carry a Testnet: what was found in it in, one verdict a check out, each with what to do. Pure: who looks is
// doctor.ts.
import type { Check } from '../doctor.ts';
import type { Right } from './rights.ts';

/** Billionths of a core and of a byte, as quantities are compared. */
export type Room = { readonly cpu: bigint; readonly memory: bigint };

export type ClusterFacts = {
  readonly namespace: string;
  readonly server: string;
  readonly knowsTestnets: boolean;
  readonly wantingRights: readonly Right[];
  /** Undefined where we may not look, as everywhere below. */
  readonly operators: readonly { readonly namespace: string; readonly isReady: boolean }[] | undefined;
  /** What each machine that takes pods has left. */
  readonly machines: readonly Room[] | undefined;
  /** Of every pod of the Testnet; empty where no file says. */
  readonly pods: readonly Room[];
  /** The class its volumes want; empty for that of the cluster. */
  readonly storage: { readonly wanted: string; readonly isThere: boolean } | undefined;
};

const INSTALL = 'helm install rexnet charts/rexnet';
const NANO = 1_000_000_000n;
const MILLI = 1_000_000n;
const MIB = 2n ** 20n * NANO;

export function clusterChecks(facts: ClusterFacts): readonly Check[] {
  const { server, namespace, storage, pods } = facts;
  return [
    { name: 'cluster', result: 'pass', fact: `${server} answers; namespace ${namespace}` },
    kindsCheck(facts),
    operatorCheck(facts),
    rightsCheck(facts),
    ...(pods.length === 0 ? [] : [roomCheck(facts)]),
    ...(storage === undefined ? [] : [storageCheck(storage)]),
  ];
}

function kindsCheck({ knowsTestnets }: ClusterFacts): Check {
  return knowsTestnets
    ? { name: 'kinds', result: 'pass', fact: 'Testnets are known here' }
    : { name: 'kinds', result: 'fail', fact: 'the cluster does not know what a Testnet is', cure: INSTALL };
}

function operatorCheck({ operators, namespace }: ClusterFacts): Check {
  const name = 'operator';
  if (operators === undefined)
    return {
      ...{ name, result: 'warn', fact: 'you may not look for it in other namespaces' },
      cure: `where status says that nobody has looked at a Testnet: ${INSTALL}`,
    };
  const [ready] = operators.filter(({ isReady }) => isReady);
  if (ready !== undefined) return { name, result: 'pass', fact: `runs in namespace ${ready.namespace}` };
  const [there] = operators;
  return there === undefined
    ? { name, result: 'fail', fact: `none is installed, so nobody looks after Testnets of ${namespace}`, cure: INSTALL }
    : {
        ...{ name, result: 'fail', fact: `the one in namespace ${there.namespace} is not ready` },
        cure: `kubectl -n ${there.namespace} get deployments,pods -l app.kubernetes.io/name=rexnet shows it`,
      };
}

function rightsCheck({ wantingRights, namespace }: ClusterFacts): Check {
  const name = 'rights';
  if (wantingRights.length === 0)
    return { name, result: 'pass', fact: `you may look at, ask and change Testnets in ${namespace}` };
  const said = wantingRights.map(({ verb, resource, use }) => `${verb} ${resource} (${use})`).join(', ');
  return {
    ...{ name, result: 'warn', fact: `you may not ${said}` },
    cure: 'the role view lets look, edit lets ask nodes and change',
  };
}

function roomCheck({ pods, machines }: ClusterFacts): Check {
  const name = 'room';
  const cpu = `${pods.reduce((sum, pod) => sum + pod.cpu, 0n) / MILLI}m`;
  const memory = `${pods.reduce((sum, pod) => sum + pod.memory, 0n) / MIB}Mi`;
  const asked = `${pods.length} pods ask for ${cpu} and ${memory}`;
  if (machines === undefined)
    return {
      ...{ name, result: 'warn', fact: `${asked}; you may not look at machines` },
      cure: 'ask who looks after the cluster whether there is room',
    };
  const left = unplaced(pods, machines);
  if (left === 0) return { name, result: 'pass', fact: `${asked}; ${machines.length} machines have room for them` };
  return {
    ...{ name, result: 'warn', fact: `${asked}; ${left} of them fit on none of ${machines.length} machines` },
    cure: 'fewer groups, a smaller spec.template.resources, or more machines (some clusters add them by themselves)',
  };
}

/** Largest first, each where it fits first: what is left over then may fit in no better way by a pod or two. */
export function unplaced(pods: readonly Room[], machines: readonly Room[]): number {
  const free = machines.map((machine) => ({ ...machine }));
  const largest = pods.toSorted((left, right) => Number(right.cpu - left.cpu) || Number(right.memory - left.memory));
  let left = 0;
  for (const { cpu, memory } of largest) {
    const machine = free.find((each) => each.cpu >= cpu && each.memory >= memory);
    if (machine === undefined) left += 1;
    else {
      machine.cpu -= cpu;
      machine.memory -= memory;
    }
  }
  return left;
}

function storageCheck({ wanted, isThere }: NonNullable<ClusterFacts['storage']>): Check {
  const what = wanted === '' ? 'a default StorageClass' : `StorageClass ${wanted}`;
  return isThere
    ? { name: 'storage', result: 'pass', fact: `there is ${what}` }
    : {
        ...{ name: 'storage', result: 'fail', fact: `spec.template.storage wants ${what}, and there is none` },
        cure: 'kubectl get storageclass shows those there are: name one in spec.template.storage.className',
      };
}
