// Why the container of a pod does not run, and what helps: one sentence for a condition. Pure. What is on its way is no trouble, and
// neither is what has ended before and is ready now.
import type { PodSeen } from './pod-seen.ts';

export type PodTrouble = { readonly reason: string; readonly message: string };
type Cures = { readonly image: string; readonly memory: string };

/** A container that waits for these is on its way; for anything else it waits in vain. */
const ON_ITS_WAY: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);
/** The kubelet says one and the other in turn. */
const PULLING: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff']);
const PULL_FAILED = 'ImagePullBackOff';
const NO_IMAGE: ReadonlySet<string> = new Set([...PULLING, 'ErrImageNeverPull', 'InvalidImageName']);
/** As the kubelet says it of a container that ends again and again. */
export const CRASHING = 'CrashLoopBackOff';
const OUT_OF_MEMORY = 'OOMKilled';

const OUR_IMAGE = 'correct spec.image, or name a Secret for its registry in spec.imagePullSecrets';
const FIXED_MEMORY = 'its limit is not a field of the Testnet';
const CURES: Readonly<Record<string, Cures>> = {
  node: { image: OUR_IMAGE, memory: 'raise spec.template.resources.memory' },
  load: { image: OUR_IMAGE, memory: 'offer less, or share it among more spec.load.generators' },
  bitcoind: {
    image: 'it is fixed at creation: correct bitcoind.image of the chart and create the Testnet anew',
    memory: FIXED_MEMORY,
  },
};
const OTHER_CURES: Cures = { image: OUR_IMAGE, memory: FIXED_MEMORY };

/** `name`: as people call it, such as g0-n1. */
export function troubleOf(name: string, pod: PodSeen): PodTrouble | undefined {
  const { waiting, ended, restarts } = pod;
  const cures = CURES[pod.component] ?? OTHER_CURES;
  if (pod.isReady || pod.isTerminating) return undefined;
  if (waiting !== undefined && NO_IMAGE.has(waiting.reason))
    return {
      reason: PULLING.has(waiting.reason) ? PULL_FAILED : waiting.reason,
      message: `${name} has no image: ${waiting.message === '' ? waiting.reason : waiting.message}; ${cures.image}.`,
    };
  if (ended?.reason === OUT_OF_MEMORY)
    return {
      reason: OUT_OF_MEMORY,
      message: `${name} was killed because it took more memory than its limit, ${times(restarts)} so far; ${cures.memory}.`,
    };
  if (waiting === undefined || !isInVain(waiting)) return undefined;
  if (waiting.reason !== CRASHING)
    return {
      reason: waiting.reason,
      message: `${name}: ${waiting.message === '' ? waiting.reason : waiting.message}; kubectl describe pod ${pod.name} says more.`,
    };
  const last =
    ended === undefined
      ? ''
      : `, last with exit code ${ended.exitCode}${ended.message === '' ? '' : ` (${ended.message})`}`;
  return {
    reason: CRASHING,
    message: `${name} has ended ${times(restarts)}${last}; kubectl logs ${pod.name} --previous says why.`,
  };
}

/** Whether waiting longer mends nothing. */
export function isInVain({ reason }: { readonly reason: string }): boolean {
  return !ON_ITS_WAY.has(reason);
}

function times(restarts: number): string {
  return restarts <= 1 ? 'once' : `${restarts} times`;
}
