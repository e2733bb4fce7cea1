// Keeps the PodMonitor of each Testnet as its spec says, where Prometheus' operator has brought that kind. The kind may come and go, so
// nothing is watched: now and then it is simply applied, and a server that does not know the kind says so.
import { applyOwned } from '../kube/ownership.ts';
import type { KubeObject, Resource } from '../kube/resources.ts';
import type { KubeInput } from '../plan/kube/input.ts';
import { type PodMonitorObject, podMonitor, type Scraping } from '../plan/kube/pod-monitor.ts';
import type { Clients, Rule } from './controller.ts';
import type { Trouble } from './inputs.ts';
import { refusalIn, troubleOfRefusal } from './refusals.ts';

export const POD_MONITORS: Resource = {
  group: 'monitoring.coreos.com',
  version: 'v1',
  plural: 'podmonitors',
  kind: 'PodMonitor',
  namespaced: true,
};

export const POD_MONITOR_RULES: readonly Rule[] = [
  { group: POD_MONITORS.group, resources: [POD_MONITORS.plural], verbs: ['get', 'create', 'patch', 'delete'] },
];

/** Until a kind that was installed meanwhile is found, and what somebody deleted is made again. */
const LOOK_AGAIN_MS = 300_000;

const NOT_MADE: Trouble = {
  reason: 'NoPodMonitor',
  message:
    'spec.monitoring.podMonitor is Always, but this operator makes no PodMonitors; start it with --pod-monitors (monitoring.podMonitor: Auto of its chart) or write Auto.',
};
const NO_KIND: Trouble = {
  reason: 'NoPodMonitor',
  message:
    'spec.monitoring.podMonitor is Always, but this cluster has no PodMonitors; install the operator of Prometheus or write Auto.',
};

type Look = { readonly mark: string; readonly at: number; readonly trouble: Trouble | undefined };

export class PodMonitorKeeper {
  readonly #scraping: Scraping | undefined;
  /** By uid of the Testnet. */
  readonly #looks = new Map<string, Look>();

  /** Without knowing how to scrape, nothing is made, and nothing taken away. */
  constructor(scraping: Scraping | undefined) {
    this.#scraping = scraping;
  }

  /** Why there is none although there has to be one. */
  async keep(input: KubeInput, clients: Clients): Promise<Trouble | undefined> {
    const { podMonitor: wish } = input.testnet.spec.monitoring;
    if (this.#scraping === undefined) return wish === 'Always' ? NOT_MADE : undefined;
    const object = podMonitor(input, this.#scraping);
    const mark = `${wish} ${JSON.stringify(object)}`;
    const now = clients.clock.now();
    const before = this.#looks.get(input.facts.uid);
    if (before !== undefined && before.mark === mark && now < before.at + LOOK_AGAIN_MS) return before.trouble;
    const trouble = wish === 'Never' ? await remove(input, clients) : await make(object, wish === 'Always', clients);
    if (trouble === 'later') return undefined;
    this.#looks.set(input.facts.uid, { mark, at: now, trouble });
    return trouble;
  }

  forget(uid: string): void {
    this.#looks.delete(uid);
  }
}

async function make(
  object: PodMonitorObject,
  isNeeded: boolean,
  { rest, fieldManager, signal }: Clients,
): Promise<Trouble | 'later' | undefined> {
  try {
    // Builders make client-node's types, whose names may be absent; ours never are. There is no copy to show it.
    const claim = { wish: object as unknown as KubeObject, live: undefined };
    const applied = await applyOwned(rest, POD_MONITORS, claim, { fieldManager, signal });
    return applied === undefined ? 'later' : undefined;
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal.code === 'NOT_FOUND') return isNeeded ? NO_KIND : undefined;
    return troubleOfRefusal(refusal);
  }
}

/** Only what belongs to this Testnet. */
async function remove({ testnet, facts }: KubeInput, { rest, signal }: Clients): Promise<undefined> {
  const place = { name: testnet.name, namespace: facts.namespace };
  const found = await rest.get(POD_MONITORS, place, { signal });
  const isOwned = found?.metadata.ownerReferences?.some(({ uid }) => uid === facts.uid);
  if (isOwned === true && found?.metadata.uid !== undefined)
    await rest.delete(POD_MONITORS, { ...place, uid: found.metadata.uid }, { signal });
}
