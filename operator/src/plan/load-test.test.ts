import type { V1ConfigMap, V1Job } from '@kubernetes/client-node';
import { parseLoadSpec } from '@rexnet/load/spec.ts';
import { printSummary } from '@rexnet/load/verdict/summary.ts';
import { aReading } from '@rexnet/load/verdict/testing/readings.ts';
import { invalidReason } from '@rexnet/load/verdict/validity.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check, type Problem } from '../api/check.ts';
import type { Condition } from '../api/conditions.ts';
import { LOAD_TEST, type LoadTestSpec } from '../api/load-test.ts';
import { parseObject, parseTestnet } from '../api/parse.ts';
import { NAME_MAX_LENGTH, NAME_PATTERN, type TestnetSpec } from '../api/testnet.ts';
import { CONFIG_MAP_MAX_BYTES } from './kube/bounds.ts';
import { type LoadTestMade, planLoadTest } from './load-test.ts';
import { generatorJobs } from './load-test-jobs.ts';
import { pointName, resultsName, runName } from './load-test-names.ts';
import { pointSpec } from './load-test-point.ts';
import { parseReadings, printReadings, READINGS_MAX_BYTES, readingOf } from './load-test-readings.ts';
import { parseResults, RESULT, resultsConfigMap } from './load-test-results.ts';
import type { LoadTestObserved, PointSeen, Rival, RunSeen } from './load-test-seen.ts';
import { nextReading, readingsWanted, type Taken } from './load-test-slots.ts';
import { loadTestStatus, verdictOf } from './load-test-status.ts';

function testnetSpec(spec: unknown = {}): TestnetSpec {
  const parsed = parseTestnet({ apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata: { name: 'demo' }, spec });
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.testnet.spec;
}

function loadTestSpec(spec: object = {}): LoadTestSpec {
  const document = { apiVersion: 'rexnet.dev/v1alpha1', kind: 'LoadTest', metadata: { name: 'curve' } };
  const parsed = parseObject(LOAD_TEST, { ...document, spec: { testnet: 'demo', ...spec } });
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.object.spec;
}

const MEASURED = testnetSpec({ contracts: [{ name: 'token' }], load: { tpsPerGroup: 100 } });
const ID = { namespace: 'lab', name: 'curve', uid: 'uid-curve' };
const FACTS = { namespace: 'lab', image: 'ghcr.io/acme/rexnet@sha256:1111', imagePullPolicy: 'IfNotPresent' } as const;

function observed(more: Partial<LoadTestObserved> = {}): LoadTestObserved {
  return {
    id: ID,
    spec: loadTestSpec(),
    createdMs: 1_000,
    nowMs: 10_000,
    facts: FACTS,
    measured: MEASURED,
    rivals: [],
    scalers: [],
    points: [],
    runs: [],
    leftovers: 0,
    isNameTaken: false,
    ...more,
  };
}

const named = (made: readonly LoadTestMade[]): readonly string[] =>
  made.map(({ kind, metadata }) => `${kind}/${metadata?.name}`);
const reasonOf = (seen: LoadTestObserved): string | undefined => planLoadTest(seen).told.conditions[0]?.reason;
const rival: Rival = { name: 'other', createdMs: 0, isOver: false, isBegun: false, isHeldUp: false };

test.each<[string, Partial<LoadTestObserved>, string]>([
  ['nothing to measure', { measured: testnetSpec() }, 'ContractMissing'],
  [
    'a workload without contract needs none',
    { measured: testnetSpec(), spec: loadTestSpec({ workload: 'Transfer' }) },
    'Beginning',
  ],
  ['more groups than partitions', { spec: loadTestSpec({ groups: [1, 512] }) }, 'TooFewPartitions'],
  [
    'a chain that cannot run',
    { measured: testnetSpec({ contracts: [{ name: 'token' }], chain: { blockGas: 1_900_000 } }) },
    'TestnetRefused',
  ],
  ['an autoscaler', { scalers: ['demo-hpa'] }, 'GroupsOwnedByHPA'],
  ['an older LoadTest', { rivals: [rival] }, 'WaitingForLoadTest'],
  ['an older LoadTest that is over', { rivals: [{ ...rival, isOver: true }] }, 'Beginning'],
  ['an older LoadTest that cannot begin', { rivals: [{ ...rival, isHeldUp: true }] }, 'Beginning'],
  ['a younger LoadTest', { rivals: [{ ...rival, createdMs: 2_000 }] }, 'Beginning'],
  [
    'a younger LoadTest that has begun',
    { rivals: [{ ...rival, createdMs: 2_000, isBegun: true }] },
    'WaitingForLoadTest',
  ],
  ['a point of another LoadTest', { points: [aPoint('other-1', { owner: 'uid-other' })] }, 'ClearingAway'],
  ['a ConfigMap of somebody else', { isNameTaken: true }, 'NameTaken'],
])('before it begins: %s', (_what, more, reason) => {
  const plan = planLoadTest(observed(more));
  expect(reasonOf(observed(more))).toBe(reason);
  expect(named(plan.make)).toEqual(reason === 'Beginning' ? ['ConfigMap/curve-loadtest'] : []);
});

test('who waits says for whom, and what is refused says what to do', () => {
  const { measured: _, ...without } = observed();
  const waits = {
    reason: 'TestnetNotFound',
    message: 'There is no Testnet demo in this namespace; create it, and the measurement begins.',
  };
  const free = { status: 'False', reason: 'Progressing', message: 'Nothing stands in the way.' };
  expect(planLoadTest(without).told.conditions).toEqual([
    { type: 'Complete', status: 'False', ...waits },
    { type: 'Failed', ...free },
    { type: 'Ready', status: 'False', ...waits },
    { type: 'Reconciling', status: 'True', ...waits },
    { type: 'Stalled', ...free },
  ]);
  expect(planLoadTest(observed({ rivals: [rival] })).told.conditions[0]?.message).toBe(
    'LoadTest other measures the same Testnet; waits until it is over.',
  );
  const refused = planLoadTest(observed({ scalers: ['demo-hpa'] })).told;
  expect(refused.fields).toMatchObject({ verdict: 'Invalid' });
  expect(refused.conditions.map(({ type, status }) => `${type}=${status}`)).toEqual([
    'Complete=False',
    'Failed=True',
    'Ready=False',
    'Reconciling=False',
    'Stalled=True',
  ]);
});

test('names fit, whatever the LoadTest is called', () => {
  const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,38}[a-z0-9])?$/);
  const slots = fc.record({
    round: fc.integer({ min: 0, max: 19 }),
    groups: fc.integer({ min: 1, max: 1_024 }),
    attempt: fc.integer({ min: 0, max: 1 }),
  });
  fc.assert(
    fc.property(name, slots, slots, (lt, one, other) => {
      const id = { namespace: 'lab', name: lt, uid: 'u' };
      const made = pointName(id, one);
      expect(made.length).toBeLessThanOrEqual(NAME_MAX_LENGTH);
      expect(made).toMatch(new RegExp(NAME_PATTERN));
      expect(pointName(id, other) === made).toBe(JSON.stringify(one) === JSON.stringify(other));
      expect(pointName({ ...id, uid: 'v' }, one)).not.toBe(made);
    }),
  );
});

test('a point is the Testnet that is measured, with other groups and without its load', () => {
  const measured = testnetSpec({
    groups: 4,
    ttl: '2h',
    suspend: true,
    seed: 9,
    load: { tpsPerGroup: 100, generators: 2 },
    chain: { difficulty: 'Asert', blockGas: 1_900_000 },
    shardMap: {
      pins: [
        { partition: 1, group: 0 },
        { partition: 2, group: 3 },
      ],
    },
    nodeOverrides: [{ group: 3, ordinal: 0, image: 'x' }],
  });
  const spec = pointSpec(measured, loadTestSpec(), 2);
  expect(spec).toMatchObject({
    groups: 2,
    suspend: false,
    seed: 9,
    load: { tpsPerGroup: 0, generators: 2 },
    chain: { difficulty: 'Floor', blockGas: 1_900_000 },
    shardMap: { pins: [{ partition: 1, group: 0 }] },
  });
  expect(spec.ttl).toBe('20m');
  expect(Object.keys(spec)).not.toContain('nodeOverrides');
  expect(testnetSpec(spec)).toEqual(spec);
  expect(pointSpec(measured, loadTestSpec({ profile: 'Open' }), 2).chain).toMatchObject({
    blockGas: 1e9,
    difficulty: 'Asert',
  });
});

test('generators know which of how many they are, and read what they are told', () => {
  const point = { name: 'curve-x', uid: 'uid-x', spec: { ...MEASURED, load: { ...MEASURED.load, generators: 3 } } };
  const spec = loadTestSpec({ crossGroupPercent: 50 });
  const [order, ...jobs] = generatorJobs({ loadTest: { name: 'curve', spec }, point, facts: FACTS });
  const told = Object.values((order as V1ConfigMap).data ?? {}).map((text) => parseLoadSpec(text));
  expect(told.map(({ owner, generator, generators }) => [owner, generator, generators])).toEqual([
    ['alice', 0, 3],
    ['alice', 1, 3],
    ['alice', 2, 3],
  ]);
  for (const one of told) expect(one).toMatchObject({ startTogether: true, overCapacity: 1.2 });
  expect(told[0]).toMatchObject({
    seconds: 75,
    warmUpSeconds: 15,
    crossGroupPercent: 50,
    summary: '/dev/termination-log',
  });
  expect(new Set(told.map(({ seed }) => seed)).size).toBe(3);
  expect(named(jobs)).toEqual(['Job/curve-x-run-0', 'Job/curve-x-run-1', 'Job/curve-x-run-2']);
  for (const job of jobs as readonly V1Job[]) {
    const { template, backoffLimit } = job.spec ?? {};
    expect(backoffLimit).toBe(0);
    expect(template?.spec?.restartPolicy).toBe('Never');
    expect(template?.metadata?.labels).toMatchObject({
      'rexnet.dev/testnet': 'curve-x',
      'rexnet.dev/loadtest': 'curve',
    });
    expect(job.metadata?.labels).not.toHaveProperty('rexnet.dev/testnet');
    expect(job.metadata?.ownerReferences?.[0]).toMatchObject({ kind: 'Testnet', uid: 'uid-x' });
  }
});

test('what several generators saw is one reading; the worst of them decides whether it counts', () => {
  const half = aReading(2, { tps: 60, offeredTps: 144, capacityTps: 240, p99Ms: 8_000 });
  const slow = aReading(2, {
    ...half,
    p99Ms: 9_000,
    machine: { ...half.machine, throttledShare: 0.08, throttled: 'the generator' },
    gates: [{ name: 'supply', isMet: false, detail: 'lost' }],
  });
  const slot = { round: 1, groups: 2, attempt: 0 };
  const left = [half, slow].map((reading) => ({ summary: printSummary(reading) }));
  expect(readingOf(slot, 'capped', left)).toMatchObject({
    ...{ groups: 2, repeat: 1, tps: 120, offeredTps: 288, capacityTps: 240, p99Ms: 9_000 },
    machine: { throttledShare: 0.08, throttled: 'the generator' },
    gates: [{ name: 'supply', isMet: false, detail: 'lost' }],
  });
  expect(readingOf(slot, 'open', left).capacityTps).toBeUndefined();
  const killed = { who: 'generator 2', broken: 'OOMKilled' };
  expect(readingOf(slot, 'capped', [...left, killed]).broken).toBe('generator 2: OOMKilled');
  expect(readingOf(slot, 'capped', [{ summary: 'Killed' }]).broken).toMatch(/^the generator: .*not JSON/);
});

test('five points of ten repeats leave most of their ConfigMap free', () => {
  const groups = [1, 2, 4, 8, 16];
  const taken = Array.from({ length: 10 }, (_, round) =>
    groups.flatMap((each) =>
      [0, 1].map((attempt): Taken => {
        const gates = [{ name: 'books', isMet: true, detail: 'x'.repeat(500) }];
        return { round, groups: each, attempt, endedMs: 1, reading: aReading(each, { repeat: round, gates }) };
      }),
    ),
  ).flat();
  const spec = loadTestSpec({ groups, repeats: 10 });
  const verdict = verdictOf(spec, taken);
  const { data = {} } = resultsConfigMap(ID, spec, { measured: MEASURED, taken }, { verdict, facts: [] });
  expect(Object.keys(data)).toEqual(Object.values(RESULT));
  expect(Object.values(data).reduce((sum, each) => sum + Buffer.byteLength(each), 0)).toBeLessThan(200 * 1_024);
  const phase = { kind: 'over', verdict } as const;
  expect(JSON.stringify(loadTestStatus('curve', spec, phase, taken)).length).toBeLessThan(16 * 1_024);
});

test('an open sweep says what it does not know', () => {
  const spec = loadTestSpec({ profile: 'Open', groups: [1, 2], repeats: 3 });
  const swept = (offered: number, share: (groups: number) => number) => {
    const taken = [0, 1, 2].flatMap((round) =>
      spec.groups.map((groups): Taken => {
        const { capacityTps: _, ...reading } = aReading(groups, { repeat: round, tps: groups * 120 * share(groups) });
        const machine = {
          ...reading.machine,
          throttledShare: 0.4,
          throttled: 'a node of group 0',
          generatorThrottledShare: 0,
        };
        return {
          round,
          groups,
          attempt: 0,
          endedMs: 1,
          reading: { ...reading, machine, offeredTps: offered * groups },
        };
      }),
    );
    const { verdict, reason } = verdictOf(spec, taken);
    return `${verdict}: ${reason}`;
  };
  expect(swept(120, () => 1)).toMatch(
    /^Linear: .*; all that was offered was done, so this is not yet what the nodes can do: raise spec\.tpsPerGroup$/,
  );
  expect(swept(200, () => 1)).toMatch(
    /^Linear: .*; what all machines together could do is not calibrated in a cluster$/,
  );
  expect(swept(200, (groups) => 1 / groups)).toMatch(
    /^Sublinear: .*in a cluster, so it may be machines that were short$/,
  );
});

test('an open sweep does not count while its generator was throttled', () => {
  const { capacityTps: _, ...reading } = aReading(1);
  const machine = {
    ...reading.machine,
    throttledShare: 0.4,
    throttled: 'a node of group 0',
    generatorThrottledShare: 0.06,
  };
  expect(invalidReason({ ...reading, machine }, 'open')).toBe('the generator was throttled in 6.0 % of the periods');
  expect(invalidReason({ ...reading, machine }, 'capped')).toBe(
    'a node of group 0 was throttled in 40 % of the periods',
  );
});

test('the largest sweep fits its ConfigMap', () => {
  const groups = Array.from({ length: 16 }, (_, index) => 1_009 + index);
  const taken = Array.from({ length: 20 }, (_, round) =>
    groups.flatMap((each) =>
      [0, 1].map((attempt): Taken => {
        const gates = [{ name: 'books', isMet: true, detail: 'x'.repeat(500) }];
        return { round, groups: each, attempt, endedMs: 1, reading: aReading(each, { repeat: round, gates }) };
      }),
    ),
  ).flat();
  const text = printReadings(taken);
  expect(text.length).toBeLessThanOrEqual(READINGS_MAX_BYTES);
  expect(parseReadings(text).length).toBe(640);
  const spec = loadTestSpec({ groups, repeats: 20 });
  const verdict = verdictOf(spec, taken);
  const { data = {} } = resultsConfigMap(ID, spec, { measured: MEASURED, taken }, { verdict, facts: [] });
  expect(Object.values(data).reduce((sum, each) => sum + each.length, 0)).toBeLessThan(CONFIG_MAP_MAX_BYTES);
  expect(Object.keys(data)).toEqual(Object.values(RESULT));
});

function aPoint(name: string, more: Partial<PointSeen> = {}): PointSeen {
  return {
    name,
    uid: `uid-${name}`,
    owner: ID.uid,
    createdMs: 0,
    generation: 1,
    isGoing: false,
    conditions: [],
    ...more,
  };
}

/** What becomes of each reading; drawn anew for every attempt. */
type Fate = 'well' | 'throttled' | 'wrong books' | 'crashes' | 'hangs' | 'never ready' | 'deleted' | 'half' | 'no word';

const READY: readonly Condition[] = ['Ready', 'ContractsReady'].map((type) => ({
  ...{ type, status: 'True' as const, observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' },
  ...{ reason: 'Fine', message: 'Fine.' },
}));
const STEP_MS = 20_000;

/** A cluster that does what it is told, in its own time. */
class World {
  nowMs = 1_000_000;
  pointsMade = 0;
  readonly points = new Map<string, PointSeen & { readonly fate: Fate; leavesMs?: number; wasLoadedMs?: number }>();
  readonly results = new Map<string, V1ConfigMap>();
  readonly #tests: readonly { readonly id: typeof ID; readonly spec: LoadTestSpec; readonly createdMs: number }[];
  readonly #fates: () => Fate;

  constructor(names: readonly string[], spec: LoadTestSpec, fates: () => Fate) {
    this.#tests = names.map((name, index) => ({ id: { ...ID, name, uid: `uid-${name}` }, spec, createdMs: index }));
    this.#fates = fates;
  }

  seen(name: string): LoadTestObserved {
    const own = this.#tests.find(({ id }) => id.name === name)!;
    const found = parseResults(this.results.get(name)?.data, 'demo');
    return observed({
      ...own,
      nowMs: this.nowMs,
      rivals: this.#tests
        .filter(({ id }) => id.name !== name)
        .map(({ id, createdMs }) => {
          const begun = this.results.get(id.name);
          const isOver = begun?.data?.[RESULT.report] !== undefined;
          return { name: id.name, createdMs, isOver, isBegun: begun !== undefined, isHeldUp: false };
        }),
      points: [...this.points.values()],
      runs: [...this.points.values()].flatMap((point) => this.#runsOf(point)),
      leftovers: 0,
      ...(found === undefined ? {} : { results: found }),
    });
  }

  do(name: string): ReturnType<typeof planLoadTest> {
    const plan = planLoadTest(this.seen(name));
    for (const object of plan.make) this.#make(name, object);
    for (const { name: point } of plan.drop) this.#go(point);
    return plan;
  }

  pass(): void {
    this.nowMs += STEP_MS;
    for (const [name, point] of this.points) {
      if (point.leavesMs !== undefined && this.nowMs >= point.leavesMs) this.points.delete(name);
      else if (point.fate === 'deleted' && point.wasLoadedMs !== undefined && point.leavesMs === undefined)
        this.#go(name);
      else if (point.fate !== 'never ready') this.points.set(name, { ...point, conditions: READY });
    }
  }

  #make(loadTest: string, object: LoadTestMade): void {
    const name = object.metadata?.name ?? '';
    if (object.kind === 'Testnet') {
      this.pointsMade++;
      const owner = object.metadata?.ownerReferences?.[0]?.uid ?? '';
      this.points.set(name, { ...aPoint(name, { owner, createdMs: this.nowMs }), fate: this.#fates() });
      return;
    }
    if (object.kind === 'ConfigMap' && name === resultsName(loadTest))
      this.results.set(loadTest, object as V1ConfigMap);
    if (object.kind !== 'Job') return;
    const point = this.points.get(object.metadata?.ownerReferences?.[0]?.name ?? '');
    if (point !== undefined && point.wasLoadedMs === undefined) {
      this.points.set(point.name, { ...point, wasLoadedMs: this.nowMs });
    }
  }

  #go(name: string): void {
    const point = this.points.get(name);
    if (point !== undefined && point.leavesMs === undefined)
      this.points.set(name, { ...point, isGoing: true, leavesMs: this.nowMs + STEP_MS });
  }

  #runsOf({ name, fate, wasLoadedMs }: PointSeen & { readonly fate: Fate; wasLoadedMs?: number }): readonly RunSeen[] {
    if (wasLoadedMs === undefined) return [];
    const endedMs = wasLoadedMs + 4 * STEP_MS;
    const base = { name: `${name}-run-0`, endedMs };
    if (fate === 'hangs' || this.nowMs < endedMs) return [{ ...base, state: 'running' }];
    if (fate === 'crashes') return [{ ...base, state: 'failed', failure: 'OOMKilled, exit code 137' }];
    if (fate === 'no word') return [{ ...base, state: 'succeeded' }];
    const groups = Number(/x(\d+)/.exec(name)?.[1]);
    const sound = aReading(groups, fate === 'half' ? { tps: 60 * groups } : {});
    const machine =
      fate === 'throttled' ? { ...sound.machine, throttledShare: 0.2, throttled: 'a node of group 0' } : sound.machine;
    const gates =
      fate === 'wrong books' ? [{ name: 'books', isMet: false, detail: '3 relay trees lost' }] : sound.gates;
    return [{ ...base, state: 'succeeded', message: printSummary({ ...sound, machine, gates }) }];
  }
}

const FATES: readonly Fate[] = [
  'well',
  'throttled',
  'wrong books',
  'crashes',
  'hangs',
  'never ready',
  'deleted',
  'half',
  'no word',
];
const SMALL = loadTestSpec({ groups: [1, 2], repeats: 3, duration: '60s' });
const PASSES_MAX = 3_000;
const IDEMPOTENCE_EVERY = 7;

function run(world: World, names: readonly string[], watch: () => void = () => undefined): void {
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    for (const name of names) {
      world.do(name);
      watch();
    }
    const isOver = names.every((name) => world.results.get(name)?.data?.[RESULT.report] !== undefined);
    if (isOver && world.points.size === 0) return;
    world.pass();
  }
  throw new Error('it never ended');
}

test('whatever becomes of the points: one at a time, always an end, and asking twice changes nothing', () => {
  fc.assert(
    fc.property(
      fc.infiniteStream(fc.oneof({ weight: 12, arbitrary: fc.constant<Fate>('well') }, fc.constantFrom(...FATES))),
      fc.boolean(),
      (fates, hasRival) => {
        const names = hasRival ? ['curve', 'other'] : ['curve'];
        const world = new World(names, SMALL, () => fates.next().value ?? 'well');
        let looks = 0;
        run(world, names, () => {
          expect(world.points.size).toBeLessThanOrEqual(1);
          if (++looks % IDEMPOTENCE_EVERY > 0) return;
          const [name = ''] = names;
          const seen = world.seen(name);
          expect(JSON.stringify(planLoadTest(seen))).toBe(JSON.stringify(planLoadTest(seen)));
        });
        for (const name of names) {
          const plan = world.do(name);
          expect(plan.drop).toEqual([]);
          expect(plan.told.conditions[0]).toMatchObject({ type: 'Complete', status: 'True' });
          expect(plan.told.fields.verdict).toMatch(/^(Linear|Sublinear|Invalid)$/);
          expect(plan.lookAgainMs).toBeUndefined();
        }
      },
    ),
    { numRuns: 10 },
  );
});

test('a sweep without trouble takes every reading once, in rounds, and is linear', () => {
  const world = new World(['curve'], SMALL, () => 'well');
  const order: string[] = [];
  run(world, ['curve'], () => {
    const [name] = world.points.keys();
    const slot = name?.split('-').at(-1) ?? '';
    if (slot !== '' && order.at(-1) !== slot) order.push(slot);
  });
  expect(order).toEqual(['r1x1', 'r1x2', 'r2x1', 'r2x2', 'r3x1', 'r3x2']);
  expect(world.pointsMade).toBe(readingsWanted(SMALL));
  const { told } = world.do('curve');
  expect(told.fields).toMatchObject({ verdict: 'Linear', pointText: '6/6', tps: '240.0', efficiency: '1.000' });
  expect(told.conditions[0]?.message).toMatch(/^Linear: .*Artefacts are in the ConfigMap curve-loadtest\.$/);
  const { data = {} } = world.results.get('curve') ?? {};
  expect(JSON.parse(data[RESULT.report] ?? '')).toMatchObject({
    verdict: 'Linear',
    label: 'protocol-capped; not a hardware benchmark',
  });
  expect(data[RESULT.chart]).toMatch(/^<svg/);
});

test('a disturbed reading is taken again once; one that stays so ends the sweep with its reason', () => {
  const once = new World(['curve'], SMALL, () => (once.pointsMade === 2 ? 'throttled' : 'well'));
  run(once, ['curve']);
  expect(once.pointsMade).toBe(readingsWanted(SMALL) + 1);
  expect(once.do('curve').told.fields.verdict).toBe('Linear');
  const always = new World(['curve'], SMALL, () => 'throttled');
  run(always, ['curve']);
  expect(always.pointsMade).toBe(2);
  expect(always.do('curve').told.fields).toMatchObject({
    verdict: 'Invalid',
    reason: '1 group: a node of group 0 was throttled in 20 % of the periods',
  });
  const books = new World(['curve'], SMALL, () => 'wrong books');
  run(books, ['curve']);
  expect(books.pointsMade).toBe(1);
});

test('half of the throughput is no line', () => {
  const world = new World(['curve'], SMALL, () => (world.pointsMade % 2 === 0 ? 'half' : 'well'));
  run(world, ['curve']);
  expect(world.do('curve').told.fields.verdict).toBe('Sublinear');
});

test('a sentence says which point, which round and what is waited for', () => {
  const results = { measured: MEASURED, taken: [] };
  const slot = { round: 0, groups: 1, attempt: 0 };
  const waits: Condition = { ...READY[0]!, status: 'False', message: 'Group 0 has no block yet.' };
  const points = [aPoint(pointName(ID, slot), { conditions: [waits, READY[1]!] })];
  const { told } = planLoadTest(observed({ results, points }));
  expect(told.conditions[0]?.message).toBe(
    `Point 1 of 9 (1 group, round 1): waits for Testnet ${pointName(ID, slot)}: Group 0 has no block yet.`,
  );
  expect(told.fields.pointText).toBe('1/9');
});

test('a condition of an older generation is not believed', () => {
  const results = { measured: MEASURED, taken: [] };
  const name = pointName(ID, { round: 0, groups: 1, attempt: 0 });
  const at = (generation: number): readonly string[] =>
    named(planLoadTest(observed({ results, points: [aPoint(name, { generation, conditions: READY })] })).make);
  expect(at(2)).toEqual([]);
  expect(at(1)).toEqual([`ConfigMap/${name}-run`, `Job/${name}-run-0`]);
});

test('the schema takes every status', () => {
  const taken = [1, 2, 4].flatMap((groups): Taken[] => [
    { round: 0, groups, attempt: 0, endedMs: 1, reading: aReading(groups, { broken: 'x'.repeat(2_000) }) },
    {
      round: 0,
      groups,
      attempt: 1,
      endedMs: 1,
      reading: aReading(groups, { tps: 1_234_567.891, completed: 98_765_432_109 }),
    },
  ]);
  for (const seen of [
    observed(),
    observed({ scalers: ['x'.repeat(200)] }),
    observed({ results: { measured: MEASURED, taken } }),
    observed({ results: { measured: MEASURED, taken: taken.slice(0, 1) } }),
  ]) {
    const problems: Problem[] = [];
    const { fields, conditions } = planLoadTest(seen).told;
    const written = {
      ...fields,
      conditions: conditions.map((one) => ({ ...one, lastTransitionTime: '2026-01-01T00:00:00Z' })),
    };
    check(LOAD_TEST.status, written, ['status'], { kind: 'LoadTest', add: (problem) => problems.push(problem) });
    expect(problems).toEqual([]);
  }
});

test('what is kept comes back, and what cannot be read is taken again', () => {
  const taken: readonly Taken[] = [{ round: 0, groups: 1, attempt: 0, endedMs: 7, reading: aReading(1) }];
  const { data } = resultsConfigMap(ID, SMALL, { measured: MEASURED, taken });
  expect(parseResults(data, 'demo')).toEqual({ measured: MEASURED, taken });
  expect(parseResults({ ...data, [RESULT.readings]: '[{"round":0}, 3' }, 'demo')?.taken).toEqual([]);
  expect(parseResults({}, 'demo')).toBeUndefined();
  expect(nextReading(SMALL, taken)).toEqual({ kind: 'slot', slot: { round: 0, groups: 2, attempt: 0 } });
});

test('of several generators the one that failed is named by its number', () => {
  const spec = loadTestSpec({ groups: [1, 2], repeats: 1 });
  const measured = { ...MEASURED, load: { ...MEASURED.load, generators: 3 } };
  const name = pointName(ID, { round: 0, groups: 1, attempt: 0 });
  const seen = observed({
    spec,
    results: { measured, taken: [] },
    points: [aPoint(name, { conditions: READY })],
    runs: [0, 1, 2].map((index): RunSeen => {
      const state = index === 1 ? 'failed' : 'running';
      return { name: runName(name, index), state, failure: 'exit code 1', message: '2 of 3 are ready', endedMs: 1 };
    }),
  });
  expect(planLoadTest(seen).told.conditions[0]?.message).toContain('generator 1: exit code 1: 2 of 3 are ready');
});
