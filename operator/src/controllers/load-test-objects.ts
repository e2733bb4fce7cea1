// What the LoadTest controller sees of a cluster, from local copies alone: collections, and the way from objects to what the plan decides by.
import type { V1Job } from '@kubernetes/client-node';
import type { Condition } from '../api/conditions.ts';
import { LOAD_TEST, type LoadTestSpec, type LoadTestStatus } from '../api/load-test.ts';
import { parseStored, parseStoredTestnet } from '../api/parse.ts';
import type { TestnetSpec } from '../api/testnet.ts';
import type { Collection } from '../kube/caches.ts';
import { isRecord } from '../kube/errors.ts';
import { type KubeObject, keyOf } from '../kube/resources.ts';
import type { Images } from '../plan/kube/images.ts';
import { HELD_UP_REASONS } from '../plan/load-test.ts';
import { LOAD_TEST_LABEL, pointName, resultsName } from '../plan/load-test-names.ts';
import { parseResults, RESULT } from '../plan/load-test-results.ts';
import type { LoadTestObserved, PointSeen, Rival, RunSeen } from '../plan/load-test-seen.ts';
import {
  BY_TESTNET,
  CONFIG_MAPS,
  type ConfigMapObject,
  JOBS,
  type JobObject,
  LOAD_TESTS,
  type LoadTestObject,
  PODS,
  type PodObject,
  TESTNETS,
  type TestnetObject,
} from './collections.ts';
import type { Copies } from './controller.ts';

type ScalerObject = KubeObject & {
  readonly spec?: { readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string } };
};

/** Index name: the LoadTest that something was made for. */
const BY_LOAD_TEST = 'loadtest';

/** Key of the LoadTest that something was made for. */
export function loadTestOf({ metadata: { namespace, labels } }: KubeObject): string | undefined {
  const name = labels?.[LOAD_TEST_LABEL.loadTest];
  return name === undefined ? undefined : keyOf(namespace === undefined ? { name } : { namespace, name });
}

/** What is made for LoadTests carries no label of a Testnet: it is not the Testnet controller's to look after. */
function madeForLoadTests<T extends KubeObject>({ resource }: Collection<T>): Collection<T> {
  return { resource, labelSelector: LOAD_TEST_LABEL.loadTest, indexes: { [BY_LOAD_TEST]: loadTestOf } };
}

export const RESULTS: Collection<ConfigMapObject> = madeForLoadTests(CONFIG_MAPS);
export const RUNS: Collection<JobObject> = madeForLoadTests(JOBS);
export const SCALERS: Collection<ScalerObject> = {
  resource: {
    group: 'autoscaling',
    version: 'v2',
    plural: 'horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
    namespaced: true,
  },
};

/** Keys of the LoadTests that measure a Testnet of that name. */
export function measuring(testnet: string, namespace: string | undefined, copies: Copies): readonly string[] {
  return [...copies.of(LOAD_TESTS).values()]
    .filter((one) => one.metadata.namespace === namespace && testnetNameIn(one) === testnet)
    .map(({ metadata }) => keyOf(metadata));
}

export function testnetNameIn({ spec }: LoadTestObject): string | undefined {
  return isRecord(spec) && typeof spec['testnet'] === 'string' ? spec['testnet'] : undefined;
}

export function scaled({ spec }: ScalerObject): string | undefined {
  const { kind, name } = spec?.scaleTargetRef ?? {};
  return kind === 'Testnet' ? name : undefined;
}

/** The spec, or the first thing that is wrong with it. */
export function loadTestSpecOf(object: LoadTestObject): { readonly spec: LoadTestSpec } | { readonly wrong: string } {
  const parsed = parseStored(LOAD_TEST, object);
  if ('object' in parsed) return { spec: parsed.object.spec };
  const [first] = parsed.problems;
  return { wrong: first === undefined ? 'the spec cannot be read' : `${first.message}; ${first.cure}.` };
}

export function observeLoadTest(
  object: LoadTestObject,
  spec: LoadTestSpec,
  copies: Copies,
  { nowMs, images }: { readonly nowMs: number; readonly images: Images },
): LoadTestObserved {
  const { name, namespace = '', uid = '' } = object.metadata;
  const id = { namespace, name, uid };
  const key = keyOf({ namespace, name });
  const testnets = copies.of(TESTNETS);
  const pointObjects = [...testnets.values()].filter(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels?.[LOAD_TEST_LABEL.measures] === spec.testnet,
  );
  const own = pointObjects.find((point) => ownerOf(point) === uid);
  const measured = measuredSpec(testnets.get(keyOf({ namespace, name: spec.testnet })));
  const config = copies.of(RESULTS).get(keyOf({ namespace, name: resultsName(name) }));
  const isOurs = config === undefined || ownerOf(config) === uid;
  const results = config === undefined || !isOurs ? undefined : parseResults(config.data, spec.testnet);
  const last = results?.taken.at(-1);
  return {
    id,
    spec,
    createdMs: timeOf(object.metadata.creationTimestamp),
    nowMs,
    facts: {
      namespace,
      image: imageOf(own, images),
      imagePullPolicy: own?.status?.imagePullPolicy ?? images.imagePullPolicy,
    },
    ...(measured === undefined ? {} : { measured }),
    rivals: rivalsOf(object, spec, copies),
    scalers: [...copies.of(SCALERS).values()]
      .filter((scaler) => scaler.metadata.namespace === namespace && scaled(scaler) === spec.testnet)
      .map(({ metadata }) => metadata.name)
      .sort(),
    points: pointObjects.map(pointOf),
    runs: copies
      .of(RUNS)
      .by(BY_LOAD_TEST, key)
      .map((job) => runOf(job, copies)),
    leftovers: last === undefined ? 0 : leftoversOf(keyOf({ namespace, name: pointName(id, last) }), copies),
    ...(results === undefined ? {} : { results }),
    isNameTaken: !isOurs,
  };
}

function imageOf(own: TestnetObject | undefined, images: Images): string {
  const asked = isRecord(own?.spec) ? own.spec['image'] : undefined;
  return typeof asked === 'string' && asked !== '' ? asked : (own?.status?.image ?? images.image);
}

function measuredSpec(object: TestnetObject | undefined): TestnetSpec | undefined {
  if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined;
  const parsed = parseStoredTestnet(object);
  return 'testnet' in parsed ? parsed.testnet.spec : undefined;
}

function rivalsOf(object: LoadTestObject, spec: LoadTestSpec, copies: Copies): readonly Rival[] {
  const { namespace, uid } = object.metadata;
  return [...copies.of(LOAD_TESTS).values()]
    .filter(
      (one) =>
        one.metadata.namespace === namespace &&
        one.metadata.uid !== uid &&
        one.metadata.deletionTimestamp === undefined &&
        testnetNameIn(one) === spec.testnet,
    )
    .map((one): Rival => {
      const { name, creationTimestamp } = one.metadata;
      const config = copies
        .of(RESULTS)
        .get(keyOf({ name: resultsName(name), ...(namespace === undefined ? {} : { namespace }) }));
      const isBegun = config !== undefined && ownerOf(config) === one.metadata.uid;
      const complete = conditionsIn(one.status as LoadTestStatus | undefined).find(({ type }) => type === 'Complete');
      return {
        name,
        createdMs: timeOf(creationTimestamp),
        isOver: isBegun && config.data?.[RESULT.report] !== undefined,
        isBegun,
        isHeldUp: complete !== undefined && HELD_UP_REASONS.includes(complete.reason),
      };
    });
}

function pointOf(object: TestnetObject): PointSeen {
  const { name, uid = '', generation = 0, creationTimestamp, deletionTimestamp } = object.metadata;
  return {
    name,
    uid,
    owner: ownerOf(object) ?? '',
    createdMs: timeOf(creationTimestamp),
    generation,
    isGoing: deletionTimestamp !== undefined,
    conditions: conditionsIn(object.status),
  };
}

function runOf(job: JobObject, copies: Copies): RunSeen {
  const { name, namespace, uid } = job.metadata;
  const failed = jobCondition(job, 'Failed');
  const isComplete = jobCondition(job, 'Complete') !== undefined || (job.status?.succeeded ?? 0) > 0;
  const state = failed !== undefined ? 'failed' : isComplete ? 'succeeded' : 'running';
  const point = job.metadata.ownerReferences?.[0]?.name ?? '';
  const pods = copies
    .of(PODS)
    .by(BY_TESTNET, keyOf(namespace === undefined ? { name: point } : { name: point, namespace }))
    .filter((pod) => ownerOf(pod) === uid);
  const ended = pods.flatMap(({ status }) => status?.containerStatuses?.[0]?.state?.terminated ?? []).at(-1);
  const failure = state === 'failed' ? failureOf(failed, ended) : undefined;
  return {
    name,
    state: state === 'succeeded' && ended === undefined && pods.length > 0 ? 'running' : state,
    ...(ended?.message === undefined ? {} : { message: ended.message.trim() }),
    ...(failure === undefined ? {} : { failure }),
    endedMs: timeOf(ended?.finishedAt) || timeOf(job.status?.completionTime ?? failed?.lastTransitionTime),
  };
}

type JobCondition = NonNullable<NonNullable<V1Job['status']>['conditions']>[number];
type Ended = { readonly reason?: string; readonly exitCode: number };

/** What the kernel or the cluster did to it comes before what it said itself. */
function failureOf(condition: JobCondition | undefined, ended: Ended | undefined): string {
  if (ended === undefined) return condition?.message ?? condition?.reason ?? '';
  const { reason, exitCode } = ended;
  return reason === undefined || reason === 'Error' ? `exit code ${exitCode}` : `${reason}, exit code ${exitCode}`;
}

function jobCondition({ status }: JobObject, type: string): JobCondition | undefined {
  return status?.conditions?.find((one) => one.type === type && one.status === 'True');
}

/** Pods of a Testnet that is gone and that still run. */
function leftoversOf(testnet: string, copies: Copies): number {
  if (copies.of(TESTNETS).get(testnet) !== undefined) return 0;
  return copies.of(PODS).by(BY_TESTNET, testnet).filter(isAlive).length;
}

function isAlive({ status }: PodObject): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

function conditionsIn(status: { readonly conditions?: unknown } | undefined): readonly Condition[] {
  return Array.isArray(status?.conditions) ? (status.conditions as readonly Condition[]) : [];
}

function ownerOf({ metadata }: KubeObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}

/** The library types times as dates; the server sends text. 0 for none. */
function timeOf(time: unknown): number {
  const ms = typeof time === 'string' ? Date.parse(time) : time instanceof Date ? time.getTime() : Number.NaN;
  return Number.isNaN(ms) ? 0 : ms;
}
