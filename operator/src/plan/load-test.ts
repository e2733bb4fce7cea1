// The whole of a LoadTest as one decision: from what is there to what is to be made, what is to go, and what is said. Pure and without
// memory: what was measured stands in its ConfigMap, so it may be asked at any moment, also by another operator.
import type { V1ConfigMap, V1Job } from '@kubernetes/client-node';
import { OFFERED_OVER_CAPACITY } from '@rexnet/load/verdict/offered.ts';
import type { LoadTestSpec } from '../api/load-test.ts';
import { OPEN_TPS_PER_GROUP } from './load-test-jobs.ts';
import { judgePoint } from './load-test-judge.ts';
import { pointName, resultsName } from './load-test-names.ts';
import { type PointObject, pointSpec, pointTestnet } from './load-test-point.ts';
import { type Artefacts, type Results, resultsConfigMap } from './load-test-results.ts';
import type { LoadTestObserved, PointSeen } from './load-test-seen.ts';
import { nextReading, placeOf, readingsWanted, type Slot, type Taken } from './load-test-slots.ts';
import {
  counted,
  type LoadTestTold,
  loadTestStatus,
  NO_CEILING,
  type Phase,
  readingText,
  verdictOf,
} from './load-test-status.ts';
import { refusalOf } from './plan.ts';
import { CONTRACT_OF } from './shipped.ts';

export type LoadTestMade = PointObject | V1ConfigMap | V1Job;

export type LoadTestPlan = {
  readonly make: readonly LoadTestMade[];
  readonly drop: readonly PointSeen[];
  readonly told: LoadTestTold;
  /** When to look again, though nothing changes. */
  readonly lookAgainMs?: number;
};

/** What a dead machine keeps is not waited for longer. */
const LEFTOVERS_MAX_MS = 120_000;
const LOOK_AGAIN_MS = 5_000;

/** Reasons of waiting that concern one LoadTest alone: others need not wait for it. */
export const HELD_UP_REASONS: readonly string[] = [
  'TestnetNotFound',
  'ContractMissing',
  'NameTaken',
  'TooFewPartitions',
  'TestnetRefused',
  'GroupsOwnedByHPA',
];

export function planLoadTest(seen: LoadTestObserved): LoadTestPlan {
  if (seen.isNameTaken)
    return waiting(seen, {
      kind: 'pending',
      reason: 'NameTaken',
      message: `The ConfigMap ${resultsName(seen.id.name)} belongs to somebody else; delete it, or give the LoadTest another name.`,
    });
  return seen.results === undefined ? beginning(seen) : going(seen, seen.results);
}

function beginning(seen: LoadTestObserved): LoadTestPlan {
  const { id, spec, measured } = seen;
  const hold = holdUp(seen) ?? turnOf(seen);
  if (hold !== undefined) return waiting(seen, hold);
  if (measured === undefined) throw new Error('nothing holds it up, and nothing is to be measured');
  const results: Results = { measured, taken: [] };
  const slot: Slot = { round: 0, groups: spec.groups[0] ?? 1, attempt: 0 };
  return {
    make: [resultsConfigMap(id, spec, results)],
    drop: [],
    told: loadTestStatus(id.name, spec, running(seen, slot, 'Beginning', 'begins'), []),
    lookAgainMs: LOOK_AGAIN_MS,
  };
}

/** What must be put right before anything can be measured. */
function holdUp({ spec, measured, scalers }: LoadTestObserved): Phase | undefined {
  const { testnet, workload, groups } = spec;
  if (measured === undefined)
    return {
      kind: 'pending',
      reason: 'TestnetNotFound',
      message: `There is no Testnet ${testnet} in this namespace; create it, and the measurement begins.`,
    };
  const contract = CONTRACT_OF[workload];
  if (contract !== undefined && !(measured.contracts ?? []).some(({ name }) => name === contract))
    return {
      kind: 'pending',
      reason: 'ContractMissing',
      message: `${workload} calls the contract ${contract}; add it to spec.contracts of Testnet ${testnet}, and the measurement begins.`,
    };
  const most = Math.max(...groups);
  const { partitions } = measured.chain;
  if (most > partitions)
    return {
      kind: 'refused',
      reason: 'TooFewPartitions',
      message: `${counted(most)} need as many partitions, but Testnet ${testnet} has ${partitions}; measure at most ${partitions} groups, or another Testnet.`,
    };
  const refusal = refusalOf({ name: testnet, spec: pointSpec(measured, spec, most) });
  if (refusal !== undefined)
    return {
      kind: 'refused',
      reason: 'TestnetRefused',
      message: `${refusal.field} of Testnet ${testnet}: ${refusal.message}; ${refusal.cure}.`,
    };
  const [scaler] = scalers;
  if (scaler !== undefined)
    return {
      kind: 'refused',
      reason: 'GroupsOwnedByHPA',
      message: `The HorizontalPodAutoscaler ${scaler} changes the groups of Testnet ${testnet} while it would be measured; delete it, or measure a Testnet without one.`,
    };
  return undefined;
}

/** One at a time: who has begun goes first, then who was there first. */
function turnOf({ id, createdMs, rivals, points }: LoadTestObserved): Phase | undefined {
  const ahead = rivals.find(
    (rival) => !rival.isOver && (rival.isBegun || (!rival.isHeldUp && isEarlier(rival, { name: id.name, createdMs }))),
  );
  if (ahead !== undefined) {
    const { reason, message } = waitingFor(ahead.name);
    return { kind: 'pending', reason, message: `${message}.` };
  }
  const foreign = points.find(({ owner }) => owner !== id.uid);
  if (foreign === undefined) return undefined;
  return {
    kind: 'pending',
    reason: 'ClearingAway',
    message: `Testnet ${foreign.name} of another LoadTest is still being cleared away.`,
  };
}

function going(seen: LoadTestObserved, results: Results): LoadTestPlan {
  const { id, spec, points } = seen;
  const { taken } = results;
  const next = nextReading(spec, taken);
  const own = points.filter(({ owner }) => owner === id.uid);
  if (next.kind !== 'slot') return over(seen, results, own);
  const { slot } = next;
  const name = pointName(id, slot);
  const stale = own.filter((point) => point.name !== name);
  const drop = stale.filter(({ isGoing }) => !isGoing);
  const say = (reason: string, message: string, make: readonly LoadTestMade[] = []): LoadTestPlan => ({
    make,
    drop,
    told: loadTestStatus(id.name, spec, running(seen, slot, reason, message), taken),
    lookAgainMs: LOOK_AGAIN_MS,
  });
  const blocker = blockerOf(seen, taken, stale);
  const point = own.find((one) => one.name === name);
  if (point === undefined) {
    if (blocker !== undefined) return say(blocker.reason, blocker.message);
    return say('Creating', `creates Testnet ${name}`, [pointTestnet(id, spec, results.measured, slot)]);
  }
  if (point.isGoing) return say('ClearingAway', `Testnet ${name} was deleted, and is made anew when it is gone`);
  const judged = judgePoint(seen, results.measured, slot, point);
  if (judged.kind === 'taken')
    return say('Read', readingText(judged.taken, spec), [
      resultsConfigMap(id, spec, { ...results, taken: [...taken, judged.taken] }),
    ]);
  return say(judged.reason, judged.message, judged.make);
}

/** Never two points at once, neither of one LoadTest nor of two. */
function blockerOf(
  { id, createdMs, nowMs, points, rivals, leftovers }: LoadTestObserved,
  taken: readonly Taken[],
  stale: readonly PointSeen[],
): { readonly reason: string; readonly message: string } | undefined {
  const [old] = stale;
  if (old !== undefined) return { reason: 'ClearingAway', message: `waits until Testnet ${old.name} is gone` };
  const ahead = rivals.find(
    (rival) => !rival.isOver && rival.isBegun && isEarlier(rival, { name: id.name, createdMs }),
  );
  if (ahead !== undefined) return waitingFor(ahead.name);
  const foreign = points.find(({ owner }) => owner !== id.uid);
  if (foreign !== undefined) return { reason: 'ClearingAway', message: `waits until Testnet ${foreign.name} is gone` };
  const endedMs = taken.at(-1)?.endedMs ?? 0;
  if (leftovers > 0 && nowMs < endedMs + LEFTOVERS_MAX_MS)
    return { reason: 'ClearingAway', message: `waits until ${leftovers} pods of the point before are gone` };
  return undefined;
}

function over(seen: LoadTestObserved, results: Results, own: readonly PointSeen[]): LoadTestPlan {
  const { id, spec } = seen;
  const verdict = verdictOf(spec, results.taken);
  const artefacts: Artefacts = { verdict, facts: settingsOf(spec) };
  const drop = own.filter(({ isGoing }) => !isGoing);
  return {
    make: [resultsConfigMap(id, spec, results, artefacts)],
    drop,
    told: loadTestStatus(id.name, spec, { kind: 'over', verdict }, results.taken),
    ...(own.length === 0 ? {} : { lookAgainMs: LOOK_AGAIN_MS }),
  };
}

function settingsOf(spec: LoadTestSpec): Artefacts['facts'] {
  const { testnet, workload, crossGroupPercent, profile, tpsPerGroup, warmUp, duration, repeats } = spec;
  const offered =
    tpsPerGroup !== undefined
      ? `${tpsPerGroup} per group`
      : profile === 'Open'
        ? `${OPEN_TPS_PER_GROUP} per group`
        : `${OFFERED_OVER_CAPACITY} × capacity`;
  return [
    ['Testnet', testnet],
    ['workload', workload],
    ['cross-group share asked for', crossGroupPercent === undefined ? 'natural' : `${crossGroupPercent} %`],
    ['offered', `${offered}, open loop`],
    ['window', `${duration} after ${warmUp}, from block to block`],
    ['repeats', `${repeats}, in rounds over all points, a fresh Testnet each`],
    ['transactions', 'signed by the generators and checked by the nodes; durable before they count'],
    ['machine', 'as its generator saw it; what other pods took is not known'],
    ...(profile === 'Open' ? [['ceiling', NO_CEILING] as const] : []),
  ];
}

function waiting(seen: LoadTestObserved, phase: Phase): LoadTestPlan {
  return {
    make: [],
    drop: [],
    told: loadTestStatus(seen.id.name, seen.spec, phase, []),
    lookAgainMs: LOOK_AGAIN_MS,
  };
}

function running({ spec }: LoadTestObserved, slot: Slot, reason: string, what: string): Phase {
  const again = slot.attempt === 0 ? '' : ', once more because the first was disturbed';
  const place = `Point ${placeOf(spec, slot)} of ${readingsWanted(spec)} (${counted(slot.groups)}, round ${slot.round + 1}${again})`;
  return { kind: 'running', slot, reason, message: `${place}: ${what.replace(/\.$/, '')}.` };
}

function waitingFor(rival: string): { readonly reason: string; readonly message: string } {
  return {
    reason: 'WaitingForLoadTest',
    message: `LoadTest ${rival} measures the same Testnet; waits until it is over`,
  };
}

function isEarlier(
  one: { readonly name: string; readonly createdMs: number },
  other: { readonly name: string; readonly createdMs: number },
): boolean {
  return one.createdMs < other.createdMs || (one.createdMs === other.createdMs && one.name < other.name);
}
