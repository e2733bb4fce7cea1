// The pods of a Testnet under the names its programs have everywhere: g0-n0, miner-0, bitcoind, load, contracts. Pure.
import type { PodObject } from '@rexnet/operator/controllers/collections.ts';
import { LABEL } from '@rexnet/operator/plan/kube/labels.ts';

export type Program = {
  readonly object: string;
  readonly component: string;
  readonly group?: number;
  readonly ordinal?: number;
  readonly pod: PodObject;
};

/** Sorted by name; of pods that share one, such as the next of a generator, the newest. */
export function programsOf(pods: readonly PodObject[]): readonly Program[] {
  const old = pods.toSorted((left, right) => bornMs(left) - bornMs(right) || (nameOf(left) < nameOf(right) ? -1 : 1));
  const generators = new Set(old.flatMap((pod) => labelOf(pod, LABEL.generator) ?? []));
  const miners = old.filter(
    (pod) => labelOf(pod, LABEL.component) === 'miner' && pod.metadata.deletionTimestamp === undefined,
  );
  const named = new Map<string, Program>();
  for (const pod of old) {
    const program = programOf(pod, miners, generators.size);
    if (program !== undefined) named.set(program.object, program);
  }
  return [...named.values()].sort((left, right) => compareNames(left.object, right.object));
}

function programOf(pod: PodObject, miners: readonly PodObject[], generators: number): Program | undefined {
  const component = labelOf(pod, LABEL.component);
  switch (component) {
    case 'node': {
      const group = Number(labelOf(pod, LABEL.group));
      const ordinal = Number(/-([0-9]+)$/.exec(nameOf(pod))?.[1]);
      if (!Number.isInteger(group) || !Number.isInteger(ordinal)) return undefined;
      return { object: `g${group}-n${ordinal}`, component, group, ordinal, pod };
    }
    case 'miner': {
      const index = miners.indexOf(pod);
      return index < 0 ? undefined : { object: `miner-${index}`, component, pod };
    }
    case 'load': {
      const generator = labelOf(pod, LABEL.generator) ?? '0';
      return { object: generators > 1 ? `load-${generator}` : 'load', component, pod };
    }
    case 'bitcoind':
    case 'contracts':
      return { object: component, component, pod };
    default:
      return undefined;
  }
}

function labelOf({ metadata }: PodObject, label: string): string | undefined {
  return metadata.labels?.[label];
}

function nameOf({ metadata }: PodObject): string {
  return metadata.name;
}

function bornMs({ metadata }: PodObject): number {
  return Date.parse(metadata.creationTimestamp ?? '') || 0;
}

/** g2 before g10. */
function compareNames(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
