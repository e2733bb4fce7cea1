// The Testnet controller: in which order things of a Testnet are looked at and brought, its end by ttl, and its status. What a group
// consists of is the ConsensusGroup controller's.
import { isDeepStrictEqual } from 'node:util';
import type { Condition } from '../api/conditions.ts';
import type { Proposals } from '../ask/proposals.ts';
import { type KubeObject, keyOf } from '../kube/resources.ts';
import { requestsOf } from '../plan/kube/cost.ts';
import type { Images } from '../plan/kube/images.ts';
import type { KubeInput } from '../plan/kube/input.ts';
import { idleGroups, leavingGroups } from '../plan/kube/leaving.ts';
import type { Scraping } from '../plan/kube/pod-monitor.ts';
import { judgeTestnet, TESTNET_FIGURES, TESTNET_PROGRESS } from '../plan/kube/testnet-status.ts';
import {
  CLAIMS,
  DISRUPTION_BUDGETS,
  GROUPS,
  type GroupObject,
  JOBS,
  MACHINES,
  PODS,
  REFUSED_PODS,
  STATEFUL_SETS,
  TESTNETS,
  type TestnetObject,
  testnetOf,
} from './collections.ts';
import { absentSource } from './contract-sources.ts';
import { type Clients, type Controller, type Copies, type Rule, sooner, watch } from './controller.ts';
import { Inputs, type Trouble } from './inputs.ts';
import { POD_MONITOR_RULES, PodMonitorKeeper } from './pod-monitors.ts';
import { endsAtMs, expiryOf } from './testnet-end.ts';
import { GenesisKeeper } from './testnet-genesis.ts';
import { type Growth, GrowthKeeper } from './testnet-growth.ts';
import { HasteKeeper } from './testnet-haste.ts';
import { failingPart, lookAt, momentOf, observe, type Seeing, type TestnetLook, unplaced } from './testnet-look.ts';
import { ObjectsKeeper, TESTNET_KINDS } from './testnet-objects.ts';

export interface TestnetControllerOptions extends Seeing {
  readonly images: Images;
  /** How PodMonitors are to scrape; without it none are made. */
  readonly scraping?: Scraping | undefined;
  /** Of new Testnets without spec.ttl. */
  readonly defaultTtl?: string | undefined;
  readonly proposals: Proposals;
  readonly onFirstBlock: (key: string, afterMs: number) => void;
}

/** Pods change in bursts. */
const BURST_MS = 300;
const WORKERS = 8;
/** When a copy lags, an object is refused, or an earlier Testnet is still going. */
const LOOK_AGAIN_MS = 5_000;
const WAIT_MS = 1_000;

const READ = ['get', 'list', 'watch'] as const;
const OWN = [...READ, 'create', 'patch', 'delete'] as const;

export const TESTNET_RULES: readonly Rule[] = [
  // Deleted when its time is over.
  { group: 'rexnet.dev', resources: ['testnets'], verbs: [...READ, 'delete'] },
  { group: 'rexnet.dev', resources: ['testnets/status'], verbs: ['patch'] },
  // Owner references that block deletion need it.
  { group: 'rexnet.dev', resources: ['testnets/finalizers'], verbs: ['update'] },
  { group: 'rexnet.dev', resources: ['consensusgroups'], verbs: OWN },
  { group: '', resources: ['configmaps', 'services'], verbs: OWN },
  { group: '', resources: ['secrets'], verbs: ['get', 'create'] },
  // An annotation, so that miners see a changed list of nodes soon.
  { group: '', resources: ['pods'], verbs: [...READ, 'patch'] },
  { group: '', resources: ['persistentvolumeclaims'], verbs: READ },
  // Why a pod could not be made.
  { group: '', resources: ['events'], verbs: ['list', 'watch'] },
  { group: 'apps', resources: ['statefulsets', 'deployments'], verbs: OWN },
  { group: 'batch', resources: ['jobs'], verbs: OWN },
  { group: 'networking.k8s.io', resources: ['networkpolicies'], verbs: OWN },
  { group: 'policy', resources: ['poddisruptionbudgets'], verbs: READ },
  ...POD_MONITOR_RULES,
];

const toTestnet = (object: KubeObject): readonly string[] => {
  const key = testnetOf(object);
  return key === undefined ? [] : [key];
};

/** All that is read of a group: what it is, and what its conditions say. */
function isNewsOfGroup(before: GroupObject | undefined, now: GroupObject | undefined): boolean {
  if (before === undefined || now === undefined) return true;
  const [{ resourceVersion: _b, ...was }, { resourceVersion: _n, ...is }] = [before.metadata, now.metadata];
  return !isDeepStrictEqual([was, before.spec, before.status?.conditions], [is, now.spec, now.status?.conditions]);
}

export function testnetController(options: TestnetControllerOptions): Controller {
  const worker = new TestnetWorker(options);
  const own = Object.values(TESTNET_KINDS).filter((collection) => collection !== GROUPS);
  const owned = [...own, CLAIMS, DISRUPTION_BUDGETS, PODS];
  return {
    name: 'testnet',
    workers: WORKERS,
    rules: TESTNET_RULES,
    watches: [
      watch({ collection: TESTNETS, keys: ({ metadata }) => [keyOf(metadata)] }),
      ...owned.map((collection) => watch({ collection, keys: toTestnet, delayMs: BURST_MS })),
      // Heights of groups change all the time; what counts for the Testnet is said by their nodes.
      watch({ collection: GROUPS, keys: toTestnet, when: isNewsOfGroup, delayMs: BURST_MS }),
      watch({
        collection: REFUSED_PODS,
        keys: ({ involvedObject: { namespace, name = '' } }, copies) => {
          const key = keyOf(namespace === undefined ? { name } : { namespace, name });
          return [copies.of(STATEFUL_SETS).get(key), copies.of(JOBS).get(key)].flatMap((maker) =>
            maker === undefined ? [] : toTestnet(maker),
          );
        },
        delayMs: BURST_MS,
      }),
      // Whose pods are on it is the groups' business; their status says it.
      ...(options.seesMachines ? [watch({ collection: MACHINES, keys: () => [] })] : []),
    ],
    reconcile: (key, copies, clients) => worker.reconcile(key, copies, clients),
  };
}

class TestnetWorker {
  readonly #options: TestnetControllerOptions;
  readonly #inputs: Inputs;
  readonly #genesis = new GenesisKeeper();
  readonly #objects = new ObjectsKeeper();
  readonly #podMonitors: PodMonitorKeeper;
  readonly #growth: GrowthKeeper;
  readonly #haste = new HasteKeeper();
  readonly #uids = new Map<string, string>();
  /** Of Testnets whose first block was told. */
  readonly #begun = new Set<string>();

  constructor(options: TestnetControllerOptions) {
    this.#options = options;
    this.#inputs = new Inputs(options.images);
    this.#podMonitors = new PodMonitorKeeper(options.scraping);
    this.#growth = new GrowthKeeper(options);
  }

  async reconcile(key: string, copies: Copies, clients: Clients): Promise<number | undefined> {
    const object = copies.of(TESTNETS).get(key);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) {
      this.#forget(key);
      return undefined;
    }
    const { uid = '' } = object.metadata;
    // Deleted and made again between two passes, its name stands for another.
    if (this.#uids.get(key) !== uid) this.#forget(key);
    this.#uids.set(key, uid);
    const endsInMs = this.#remainingMs(object, clients);
    if (endsInMs !== undefined && endsInMs <= 0) return this.#end(object, clients);
    return sooner(endsInMs, await this.#bring(object, copies, clients));
  }

  async #bring(object: TestnetObject, copies: Copies, clients: Clients): Promise<number | undefined> {
    const look = lookAt(object, copies, this.#options);
    const firstGroups = this.#genesis.found(object, copies)?.firstGroups;
    const begun = firstGroups === undefined ? {} : { firstGroups };
    const spec = this.#inputs.of(object, { retiring: [], contractsDeployed: false, ...begun });
    if ('trouble' in spec) return this.#refuse(object, spec.trouble, clients);
    const leaving = leavingGroups(
      spec.input.testnet.spec.groups,
      look.groups.map((group) => group.spec.index),
      look.chain,
      this.#growth.toldOf(object.metadata.uid ?? '', look, clients.clock.now()),
    );
    const made = this.#inputs.of(object, {
      retiring: leaving.retiring,
      contractsDeployed: look.job !== undefined || look.offered === spec.input.plan.load?.workload,
      ...begun,
    });
    if ('trouble' in made) return this.#refuse(object, made.trouble, clients);
    const { input } = made;
    const stalled = leaving.message === undefined ? undefined : { reason: 'GroupsStay', message: leaving.message };
    const waiting = { reason: 'Beginning', message: 'Keys and genesis are being made.' };
    // Images are fixed before anything runs on them, and an autoscaler wants a selector from the first status on.
    if (object.status?.image === undefined)
      await this.#tell({ object, input, look, waiting, stalled }, copies, clients);
    const step = await this.#genesis.genesis(input, copies, clients);
    // Nobody watches Secrets, quotas and rights.
    if ('trouble' in step) return sooner(await this.#refuse(object, step.trouble, clients), LOOK_AGAIN_MS);
    if ('waiting' in step) {
      await this.#tell({ object, input, look, waiting: step.waiting, stalled }, copies, clients);
      return WAIT_MS;
    }
    const done = await this.#objects.step(input, step.genesis, copies, clients);
    const unwatched = await this.#podMonitors.keep(input, clients);
    const growth = await this.#growth.step(object, input, step.genesis, look, copies, clients);
    const hasteMs = await this.#haste.step(input, copies, clients);
    const missing = await absentSource(input, copies, clients);
    const again = await this.#tell(
      {
        ...{ object, input, look, networkId: step.genesis.networkId },
        stalled: done.trouble ?? stalled ?? growth.stalled ?? unwatched,
        keptWorkloads: done.keptWorkloads,
        ...(growth.joining === undefined ? {} : { joining: growth.joining }),
        ...(missing === undefined ? {} : { missing }),
      },
      copies,
      clients,
    );
    return sooner(again, growth.againMs, hasteMs, done.isSettled && missing === undefined ? undefined : LOOK_AGAIN_MS);
  }

  async #tell(
    seen: {
      readonly object: TestnetObject;
      readonly input: KubeInput;
      readonly look: TestnetLook;
      readonly waiting?: Trouble;
      readonly joining?: Growth['joining'];
      readonly stalled: Trouble | undefined;
      readonly keptWorkloads?: number;
      /** A source of contracts that is not there. */
      readonly missing?: string;
      readonly networkId?: string;
    },
    copies: Copies,
    clients: Clients,
  ): Promise<number | undefined> {
    const { object, input, look, waiting, joining, stalled, missing, networkId = object.status?.networkId } = seen;
    const { keptWorkloads = 0 } = seen;
    const { testnet, facts } = input;
    const observed = observe(input, object, look, copies, this.#options, { missing, ...momentOf(clients) });
    const { firstBlockMs } = observed;
    const isTold = object.status?.firstBlockAfter !== undefined || this.#begun.has(facts.uid);
    if (firstBlockMs !== undefined && !isTold) {
      this.#begun.add(facts.uid);
      this.#options.onFirstBlock(keyOf(object.metadata), firstBlockMs);
    }
    const notPlaced = unplaced(object, copies);
    const failing = failingPart(object, copies);
    const { fields, conditions } = judgeTestnet({
      testnet: testnet.name,
      observed,
      groups: look.groups.map(({ metadata, status }) => ({
        name: metadata.name,
        conditions: (status?.conditions ?? []) as readonly Condition[],
      })),
      image: facts.image,
      imagePullPolicy: facts.imagePullPolicy,
      ...(facts.bitcoindImage === '' ? {} : { bitcoindImage: facts.bitcoindImage }),
      ...(networkId === undefined ? {} : { networkId }),
      ...expiryOf(object, this.#options.defaultTtl),
      requests: requestsOf(input),
      ...(look.chain === undefined ? {} : { epoch: look.chain.epoch }),
      ...(notPlaced === undefined ? {} : { unplaced: notPlaced }),
      ...(failing === undefined ? {} : { failing }),
      idleGroups: idleGroups(testnet.spec.groups, look.chain),
      keptWorkloads,
      ...(stalled === undefined ? {} : { stalled }),
      ...(waiting === undefined ? {} : { waiting }),
      ...(joining === undefined ? {} : { joining }),
    });
    return clients.writeStatus(TESTNETS.resource, object, {
      fields,
      conditions,
      figures: TESTNET_FIGURES,
      progress: TESTNET_PROGRESS,
    });
  }

  /** Nothing is changed for an object that makes no sense; what runs goes on. */
  async #refuse(object: TestnetObject, trouble: Trouble, clients: Clients): Promise<number | undefined> {
    const { observedGeneration: _g, conditions = [], ...fields } = object.status ?? {};
    const kept = (conditions as readonly Condition[]).filter(({ type }) => !JUDGED_BY_REFUSAL.has(type));
    return clients.writeStatus(TESTNETS.resource, object, {
      fields,
      conditions: [
        ...kept,
        { type: 'Ready', status: 'False', ...trouble },
        { type: 'Reconciling', status: 'False', ...trouble },
        { type: 'Stalled', status: 'True', ...trouble },
      ],
      figures: TESTNET_FIGURES,
    });
  }

  /** Only as it was seen: who has given it more time a moment ago must not lose it to a copy that lags. */
  async #end(object: TestnetObject, clients: Clients): Promise<number | undefined> {
    if ((await clients.removeAsSeen(TESTNETS.resource, object)) === 'replaced') return WAIT_MS;
    const note = 'Its time (spec.ttl) is over: it is deleted with all that belongs to it.';
    clients.record({ regarding: object, type: 'Normal', reason: 'Expired', action: 'Delete', note });
    return undefined;
  }

  #remainingMs(object: TestnetObject, { clock }: Clients): number | undefined {
    const atMs = endsAtMs(object, this.#options.defaultTtl);
    return atMs === undefined ? undefined : atMs - clock.wallMs();
  }

  #forget(key: string): void {
    const uid = this.#uids.get(key);
    if (uid === undefined) return;
    this.#uids.delete(key);
    this.#inputs.forget(uid);
    this.#genesis.forget(uid);
    this.#podMonitors.forget(uid);
    this.#growth.forget(uid);
    this.#haste.forget(uid);
    this.#begun.delete(uid);
  }
}

const JUDGED_BY_REFUSAL: ReadonlySet<string> = new Set(['Ready', 'Reconciling', 'Stalled']);
