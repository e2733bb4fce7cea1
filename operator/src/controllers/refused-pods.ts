// What the server said when a pod could not be made. Kubernetes' controllers tell it in events and, but for Deployments, nowhere else.

import { keyOf } from '../kube/resources.ts';
import { LABEL } from '../plan/kube/labels.ts';
import { BY_OBJECT, BY_TESTNET, JOBS, PODS, REFUSED_PODS, STATEFUL_SETS, type TestnetObject } from './collections.ts';
import type { Copies } from './controller.ts';

/** How the controller of StatefulSets and that of Jobs begin it. */
const MARKERS = [' failed error: ', 'Error creating: '];

/** Of the last pod that an object, told by its uid, could not make: an event of an earlier one of its name counts no more. */
export function refusedPod(uid: string | undefined, copies: Copies): string | undefined {
  const events = uid === undefined ? [] : copies.of(REFUSED_PODS).by(BY_OBJECT, uid);
  const last = [...events].sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1))[0];
  const message = last?.message;
  if (message === undefined) return undefined;
  for (const marker of MARKERS) {
    const at = message.indexOf(marker);
    if (at >= 0) return message.slice(at + marker.length);
  }
  return message;
}

/** Of the first pod that a Testnet itself could not make: of the Job that deploys contracts, or of the parent. Groups tell of their own. */
export function refusedPart({ metadata }: TestnetObject, copies: Copies): string | undefined {
  const key = keyOf(metadata);
  const wanted = [
    ...copies
      .of(STATEFUL_SETS)
      .by(BY_TESTNET, key)
      .filter(({ metadata: { labels }, spec }) => labels?.[LABEL.group] === undefined && spec?.replicas !== 0),
    ...copies
      .of(JOBS)
      .by(BY_TESTNET, key)
      .filter(({ spec, status }) => spec?.suspend !== true && (status?.succeeded ?? 0) === 0),
  ];
  for (const { metadata: maker } of wanted) {
    const refused = refusedPod(maker.uid, copies);
    const component = maker.labels?.[LABEL.component];
    const isThere = () =>
      copies
        .of(PODS)
        .by(BY_TESTNET, key)
        .some((pod) => pod.metadata.labels?.[LABEL.component] === component);
    if (refused !== undefined && !isThere()) return refused;
  }
  return undefined;
}

function timeOf({
  lastTimestamp,
  eventTime,
}: {
  readonly lastTimestamp?: unknown;
  readonly eventTime?: unknown;
}): string {
  return String(lastTimestamp ?? eventTime ?? '');
}
