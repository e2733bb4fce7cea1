// What people and the chain ask of the pods of each workload, and nothing that an operator decides by itself: while it stays the same, a
// newer operator leaves the pods as they are (kept-pods.ts). What shapes a pod and is missing here would never reach one that runs.
import type { LoadPlan } from '../load.ts';
import type { KubeInput } from './input.ts';

/** A field that is added one day is to be absent where pods are as they were without it, or every running Testnet rolls. */
export type Asked = Readonly<Record<string, unknown>>;

export function askedOfNodes(input: KubeInput): Asked {
  const { placement, template } = input.testnet.spec;
  const { resources, storage, priorityClassName, nodeSelector = {} } = template;
  return {
    ...askedOfAll(input, input.facts.image),
    cpu: String(resources.cpu),
    memory: resources.memory,
    hasVolume: storage !== undefined,
    priorityClassName,
    nodeSelector,
    strategy: placement.strategy,
  };
}

export function askedOfMiners(input: KubeInput): Asked {
  const { testnet, plan, facts } = input;
  return { ...askedOfAll(input, facts.image), cpuPercent: testnet.spec.mining.cpuPercent, parent: plan.bitcoin.kind };
}

export function askedOfBitcoind(input: KubeInput): Asked {
  const { testnet, facts } = input;
  return { ...askedOfAll(input, facts.bitcoindImage), hasVolume: testnet.spec.template.storage !== undefined };
}

export function askedOfGenerators(input: KubeInput, load: LoadPlan): Asked {
  const { seed, placement } = input.testnet.spec;
  const { workload, tps, generators, crossGroupPercent } = load;
  return {
    ...askedOfAll(input, input.facts.image),
    ...{ workload, tps, generators, crossGroupPercent, seed },
    separateLoad: placement.separateLoad,
  };
}

/** What was deployed stays deployed: a restart is none of it. */
export function askedOfContracts(input: KubeInput): Asked {
  const { restartedAt: _, ...asked } = askedOfAll(input, input.facts.image);
  return { ...asked, contracts: input.plan.contracts };
}

function askedOfAll({ testnet, facts }: KubeInput, image: string): Asked {
  const { imagePullSecrets = [], template } = testnet.spec;
  const { imagePullPolicy, restartedAt } = facts;
  return { image, imagePullPolicy, imagePullSecrets, tolerations: template.tolerations ?? [], restartedAt };
}
