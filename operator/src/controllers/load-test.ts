// The LoadTest controller: shows the plan what there is, makes and removes what it says, and writes the status. The Testnets of points are
// the Testnet controller's to bring up; the one that is measured is never touched.
import { type KubeObject, keyOf } from '../kube/resources.ts';
import type { Images } from '../plan/kube/images.ts';
import { isOwnedBy } from '../plan/kube/leftovers.ts';
import { type LoadTestMade, planLoadTest } from '../plan/load-test.ts';
import { LOAD_TEST_LABEL } from '../plan/load-test-names.ts';
import type { PointSeen } from '../plan/load-test-seen.ts';
import { LOAD_TESTS, type LoadTestObject, PODS, TESTNETS } from './collections.ts';
import { type Clients, type Controller, type Copies, type Rule, sooner, watch } from './controller.ts';
import {
  loadTestOf,
  loadTestSpecOf,
  measuring,
  observeLoadTest,
  RESULTS,
  RUNS,
  SCALERS,
  scaled,
  testnetNameIn,
} from './load-test-objects.ts';
import { asMade, type MadeKinds } from './made.ts';
import { refusalIn, troubleOfRefusal } from './refusals.ts';

export interface LoadTestControllerOptions {
  readonly images: Images;
}

/** One by one: what one LoadTest has just made, the next must see. */
const WORKERS = 1;
const BURST_MS = 300;
/** When a copy does not show yet what was made. */
const LAG_MS = 1_000;
/** What is refused once is refused again for a while. */
const REFUSED_MS = 15_000;

const MADE: MadeKinds = { Testnet: TESTNETS, ConfigMap: RESULTS, Job: RUNS };

const READ = ['get', 'list', 'watch'] as const;

export const LOAD_TEST_RULES: readonly Rule[] = [
  { group: 'rexnet.dev', resources: ['loadtests'], verbs: READ },
  { group: 'rexnet.dev', resources: ['loadtests/status'], verbs: ['patch'] },
  // Owner references that block deletion need it.
  { group: 'rexnet.dev', resources: ['loadtests/finalizers', 'testnets/finalizers'], verbs: ['update'] },
  { group: 'rexnet.dev', resources: ['testnets'], verbs: [...READ, 'create', 'patch', 'delete'] },
  { group: '', resources: ['configmaps'], verbs: [...READ, 'create', 'patch'] },
  { group: '', resources: ['pods'], verbs: READ },
  { group: 'batch', resources: ['jobs'], verbs: [...READ, 'create', 'patch'] },
  { group: 'autoscaling', resources: ['horizontalpodautoscalers'], verbs: READ },
];

const toLoadTest = (object: KubeObject): readonly string[] => {
  const key = loadTestOf(object);
  return key === undefined ? [] : [key];
};

export function loadTestController({ images }: LoadTestControllerOptions): Controller {
  return {
    name: 'loadtest',
    workers: WORKERS,
    rules: LOAD_TEST_RULES,
    watches: [
      // Who is over makes room for another of the same Testnet.
      watch({
        collection: LOAD_TESTS,
        keys: (object, copies) => [
          keyOf(object.metadata),
          ...measuring(testnetNameIn(object) ?? '', object.metadata.namespace, copies),
        ],
      }),
      watch({
        collection: TESTNETS,
        keys: ({ metadata: { name, namespace, labels } }, copies) =>
          measuring(labels?.[LOAD_TEST_LABEL.measures] ?? name, namespace, copies),
        delayMs: BURST_MS,
      }),
      watch({ collection: RESULTS, keys: toLoadTest }),
      watch({ collection: RUNS, keys: toLoadTest }),
      watch({ collection: PODS, keys: toLoadTest, delayMs: BURST_MS }),
      watch({
        collection: SCALERS,
        keys: (scaler, copies) => measuring(scaled(scaler) ?? '', scaler.metadata.namespace, copies),
        delayMs: BURST_MS,
      }),
    ],
    reconcile: (key, copies, clients) => reconcile(key, images, copies, clients),
  };
}

async function reconcile(key: string, images: Images, copies: Copies, clients: Clients): Promise<number | undefined> {
  const object = copies.of(LOAD_TESTS).get(key);
  // What it owns goes with it.
  if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined;
  const read = loadTestSpecOf(object);
  // Stored by another version, or through a door without checks.
  if ('wrong' in read) {
    const fields = { verdict: 'Invalid', reason: read.wrong };
    return stall(object, { reason: 'InvalidSpec', message: read.wrong, fields }, clients);
  }
  const seen = observeLoadTest(object, read.spec, copies, { nowMs: clients.clock.wallMs(), images });
  const { make, drop, told, lookAgainMs } = planLoadTest(seen);
  let isLagging = false;
  for (const wish of make) {
    try {
      if ((await apply(wish, copies, clients)) !== 'unchanged') isLagging = true;
    } catch (error) {
      await stall(object, { ...troubleOfRefusal(refusalIn(error)), fields: told.fields }, clients);
      return REFUSED_MS;
    }
  }
  for (const point of drop) await remove(point, seen.id.namespace, copies, clients);
  const figuresMs = await clients.writeStatus(LOAD_TESTS.resource, object, { ...told, figures: [] });
  return sooner(lookAgainMs, figuresMs, isLagging ? LAG_MS : undefined);
}

async function apply(
  wish: LoadTestMade,
  copies: Copies,
  clients: Clients,
): Promise<Awaited<ReturnType<Clients['apply']>>> {
  const { collection, object } = asMade(wish, MADE);
  const live = copies.of(collection).get(keyOf(object.metadata));
  const [owner] = object.metadata.ownerReferences ?? [];
  // A Job cannot change: a generator that an earlier operator began it ends, whatever this one would make of it.
  if (live?.kind === 'Job' && owner !== undefined && isOwnedBy(live, owner.uid)) return 'unchanged';
  return clients.apply(collection.resource, object, live);
}

async function remove({ name, uid }: PointSeen, namespace: string, copies: Copies, clients: Clients): Promise<void> {
  const object = copies.of(TESTNETS).get(keyOf({ namespace, name }));
  if (object?.metadata.uid === uid) await clients.remove(TESTNETS.resource, object);
}

/** What keeps it from going on until somebody puts it right. */
function stall(
  object: LoadTestObject,
  { reason, message, fields }: { readonly reason: string; readonly message: string; readonly fields: object },
  clients: Clients,
): Promise<number | undefined> {
  const condition = (type: string, status: 'True' | 'False') => ({ type, status, reason, message });
  return clients.writeStatus(LOAD_TESTS.resource, object, {
    fields: { ...fields },
    conditions: [
      condition('Complete', 'False'),
      condition('Failed', 'True'),
      condition('Ready', 'False'),
      condition('Reconciling', 'False'),
      condition('Stalled', 'True'),
    ],
    figures: [],
  });
}
