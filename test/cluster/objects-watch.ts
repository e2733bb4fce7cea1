// Every version of the objects of some kinds in one namespace, as the server told of them, and who wrote each. It judges nothing.
import { loadAccess } from '@rexnet/operator/kube/access.ts';
import { systemClock } from '@rexnet/operator/kube/clock.ts';
import { Reflector } from '@rexnet/operator/kube/reflector.ts';
import type { KubeObject, Resource } from '@rexnet/operator/kube/resources.ts';
import { RestClient } from '@rexnet/operator/kube/rest.ts';
import { LABEL } from '@rexnet/operator/plan/kube/labels.ts';
import { API_GROUP } from '../../operator/src/api/definition.ts';
import type { Cluster } from './cluster-type.ts';
import type { Live } from './dump.ts';

export type Version = {
  readonly atMs: number;
  /** Kind and name. */
  readonly object: string;
  readonly before: Live | undefined;
  readonly now: Live | undefined;
};

export class ObjectsWatch {
  readonly versions: Version[] = [];
  readonly #rest: RestClient;
  readonly #stop = new AbortController();
  readonly #reflectors: readonly Reflector<KubeObject>[];
  #running: readonly Promise<void>[] = [];

  private constructor(rest: RestClient, namespace: string, resources: readonly Resource[]) {
    this.#rest = rest;
    this.#reflectors = resources.map(
      (resource) =>
        new Reflector<KubeObject>({
          rest,
          resource,
          // A Testnet is labelled by people, if at all.
          selection: { namespace, ...(resource.group === API_GROUP ? {} : { labelSelector: LABEL.testnet }) },
          clock: systemClock,
          random: Math.random,
          enqueue: ({ before, now }) => {
            const { kind, metadata } = now ?? before ?? { kind: '', metadata: { name: '' } };
            const versions = { before: before as Live | undefined, now: now as Live | undefined };
            this.versions.push({ atMs: performance.now(), object: `${kind} ${metadata.name}`, ...versions });
          },
        }),
    );
  }

  /** From here on, all that is there and all that becomes of it. */
  static async open({ kubeconfig }: Cluster, namespace: string, resources: readonly Resource[]): Promise<ObjectsWatch> {
    const access = await loadAccess({ kubeconfig }, systemClock.now);
    const rest = new RestClient({ access, clock: systemClock, random: Math.random, userAgent: 'rexnet-tests' });
    const watch = new ObjectsWatch(rest, namespace, resources);
    watch.#running = watch.#reflectors.map((reflector) => reflector.run(watch.#stop.signal));
    await Promise.all(watch.#reflectors.map(({ synced }) => synced));
    return watch;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
    this.#rest.close();
  }
}

/** Whose fields differ, or were written again. */
export function writersOf({ before, now }: Version): readonly string[] {
  const old = new Set(before?.metadata.managedFields?.map((entry) => JSON.stringify(entry)));
  const changed = (now?.metadata.managedFields ?? []).filter((entry) => !old.has(JSON.stringify(entry)));
  return changed.map(({ manager, subresource }) => (subresource === undefined ? manager : `${manager} ${subresource}`));
}
