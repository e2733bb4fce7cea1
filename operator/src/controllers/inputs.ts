// From a stored Testnet to what the builders are given, made once for every generation. A stored object may come from
// another version: what does not pass our schema becomes a problem in words, never a crash.
import { formatPath } from '../api/check.ts';
import { parseStoredTestnet } from '../api/parse.ts';
import type { Testnet } from '../api/testnet.ts';
import { type Images, imagesOf } from '../plan/kube/images.ts';
import type { KubeInput } from '../plan/kube/input.ts';
import { RESTARTED_AT } from '../plan/kube/pod.ts';
import { type Facts, planTestnet } from '../plan/plan.ts';
import type { TestnetObject } from './collections.ts';

export type Trouble = { readonly reason: string; readonly message: string };
export type Made<T> = T | { readonly trouble: Trouble };
export type ClusterFacts = Pick<KubeInput['facts'], 'retiring' | 'contractsDeployed'> & Pick<Facts, 'firstGroups'>;

const NO_BITCOIND =
  'the operator was given no image of bitcoind; name one with --bitcoind-image (bitcoind.image of the chart)';
/** Of one Testnet: as it is asked for, and as it is with the facts of this moment. */
const KEPT = 3;
/** It is on every pod and remembered by every workload. A time is shorter. */
const RESTARTED_AT_MAX_LENGTH = 64;
/** Keys and compiler matter to genesis only. */
const NO_KEY = new Uint8Array(32);

export class Inputs {
  readonly #defaults: Images;
  /** By uid, then by all it was made of. */
  readonly #made = new Map<string, Map<string, Made<{ readonly input: KubeInput }>>>();

  constructor(defaults: Images) {
    this.#defaults = defaults;
  }

  of(object: TestnetObject, facts: ClusterFacts): Made<{ readonly input: KubeInput }> {
    const { retiring, contractsDeployed, firstGroups } = facts;
    const { uid = '', generation, namespace = '' } = object.metadata;
    const { image, bitcoindImage, imagePullPolicy } = object.status ?? {};
    const pinned = [image, bitcoindImage, imagePullPolicy];
    const of = JSON.stringify([
      ...[generation, namespace, pinned, restartedAtOf(object)],
      ...[retiring, contractsDeployed, firstGroups],
    ]);
    const known = this.#made.get(uid) ?? new Map<string, Made<{ readonly input: KubeInput }>>();
    const made = known.get(of) ?? this.#make(object, facts);
    known.delete(of);
    known.set(of, made);
    const [oldest] = known.keys();
    if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
    this.#made.set(uid, known);
    return made;
  }

  forget(uid: string): void {
    this.#made.delete(uid);
  }

  #make(object: TestnetObject, { firstGroups, ...facts }: ClusterFacts): Made<{ readonly input: KubeInput }> {
    const parsed = parseStoredTestnet(object);
    if ('problems' in parsed) {
      const [first] = parsed.problems;
      const where = first === undefined ? 'the object' : formatPath(first.path);
      return { trouble: { reason: 'InvalidSpec', message: `${where}: ${first?.message}; ${first?.cure}.` } };
    }
    const { testnet } = parsed;
    const images = imagesOf(testnet.spec, object.status, this.#defaults);
    const planned = planOf(testnet, {
      ...{ bitcoind: parentOf(images), governance: NO_KEY, compilerHash: NO_KEY },
      ...(firstGroups === undefined ? {} : { firstGroups }),
    });
    if ('trouble' in planned) return planned;
    const { namespace = '', uid = '' } = object.metadata;
    const restartedAt = restartedAtOf(object);
    return {
      input: {
        testnet,
        plan: planned.plan,
        facts: { namespace, uid, ...images, ...facts, ...(restartedAt === undefined ? {} : { restartedAt }) },
      },
    };
  }
}

/** Undefined where nobody has asked for all pods anew. */
export function restartedAtOf({ metadata }: TestnetObject): string | undefined {
  return metadata.annotations?.[RESTARTED_AT]?.slice(0, RESTARTED_AT_MAX_LENGTH);
}

export function parentOf({ bitcoindImage }: Pick<Images, 'bitcoindImage'>): Facts['bitcoind'] {
  return bitcoindImage === '' ? { kind: 'absent', reason: NO_BITCOIND } : { kind: 'found' };
}

export function planOf(testnet: Testnet, facts: Facts): Made<{ readonly plan: KubeInput['plan'] }> {
  const planned = planTestnet(testnet, facts);
  if ('plan' in planned) return planned;
  const { field, message, cure } = planned.refusal;
  return { trouble: { reason: 'InvalidSpec', message: `${field}: ${message}; ${cure}.` } };
}
