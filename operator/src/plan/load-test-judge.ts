// Where the Testnet of a point stands: coming up, being loaded, or measured. Every answer comes in bounded time: what does not come up or
// come to an end is a reading that does not count. Pure.
import type { V1ConfigMap, V1Job } from '@kubernetes/client-node';
import { brokenReading } from '@rexnet/load/verdict/broken-reading.ts';
import type { TestnetSpec } from '../api/testnet.ts';
import { generatorJobs, generatorsOf, type PointParts, pointMaxSeconds, READY_MAX_SECONDS } from './load-test-jobs.ts';
import { runName } from './load-test-names.ts';
import { pointSpec } from './load-test-point.ts';
import { type Left, readingOf } from './load-test-readings.ts';
import type { LoadTestObserved, PointSeen, RunSeen } from './load-test-seen.ts';
import { profileOf, type Slot, type Taken } from './load-test-slots.ts';

const SECOND_MS = 1_000;
const SHOWN_MAX_LENGTH = 400;

export type PointJudged =
  | { readonly kind: 'taken'; readonly taken: Taken }
  | {
      readonly kind: 'waiting';
      readonly reason: string;
      readonly message: string;
      readonly make: readonly (V1ConfigMap | V1Job)[];
    };

export function judgePoint(seen: LoadTestObserved, measured: TestnetSpec, slot: Slot, point: PointSeen): PointJudged {
  const { spec, nowMs } = seen;
  const broken = (why: string, endedMs: number): PointJudged => {
    const reading = brokenReading({ groups: slot.groups, repeat: slot.round }, why);
    return { kind: 'taken', taken: { ...slot, reading, endedMs } };
  };
  const expected = Array.from({ length: generatorsOf({ spec: measured }) }, (_, index) => runName(point.name, index));
  const runs = expected.map((name) => seen.runs.find((run) => run.name === name));
  const begun = runs.filter((run) => run !== undefined);
  const missing = missingOf(point);
  if (begun.length === 0 && missing !== undefined) {
    if (missing.isFinal) return broken(missing.message, point.createdMs);
    const lateMs = point.createdMs + READY_MAX_SECONDS * SECOND_MS;
    if (nowMs >= lateMs)
      return broken(`Testnet ${point.name} was not ready within ${READY_MAX_SECONDS} s: ${missing.message}`, lateMs);
    return {
      kind: 'waiting',
      reason: 'Starting',
      message: `waits for Testnet ${point.name}: ${missing.message}`,
      make: [],
    };
  }
  const failed = begun.find(({ state }) => state === 'failed');
  const isWhole = begun.length === expected.length && begun.every(({ state }) => state !== 'running');
  if (failed !== undefined || isWhole) {
    // Those that still run have lost the others.
    const left = runs.flatMap((run, index): Left[] => {
      if (run === undefined || run.state === 'running') return [];
      return [{ ...leftBy(run), ...(expected.length === 1 ? {} : { who: `generator ${index}` }) }];
    });
    const endedMs = Math.max(...begun.map((run) => run.endedMs));
    return { kind: 'taken', taken: { ...slot, reading: readingOf(slot, profileOf(spec), left), endedMs } };
  }
  const maxMs = point.createdMs + pointMaxSeconds(spec) * SECOND_MS;
  if (nowMs >= maxMs) return broken('the generators came to no end in time', maxMs);
  return {
    kind: 'waiting',
    reason: 'Measuring',
    message: `${expected.length === 1 ? 'a generator loads' : `${expected.length} generators load`} Testnet ${point.name}`,
    make: generatorJobs(partsOf(seen, measured, slot, point)),
  };
}

function partsOf(
  { id, spec, facts }: LoadTestObserved,
  measured: TestnetSpec,
  slot: Slot,
  point: PointSeen,
): PointParts {
  const own = pointSpec(measured, spec, slot.groups);
  return { loadTest: { name: id.name, spec }, point: { name: point.name, uid: point.uid, spec: own }, facts };
}

/** What the Testnet of a point still lacks; undefined once it can be loaded. */
function missingOf({
  conditions,
  generation,
}: PointSeen): { readonly message: string; readonly isFinal: boolean } | undefined {
  const stalled = conditions.find(({ type, status }) => type === 'Stalled' && status === 'True');
  if (stalled !== undefined) return { message: shorten(stalled.message), isFinal: true };
  for (const type of ['Ready', 'ContractsReady']) {
    const condition = conditions.find((one) => one.type === type);
    if (condition === undefined || (condition.observedGeneration ?? 0) < generation)
      return { message: 'the operator has not looked at it yet', isFinal: false };
    if (condition.status !== 'True')
      return { message: shorten(condition.message), isFinal: condition.reason === 'DeploymentFailed' };
  }
  return undefined;
}

function leftBy({ state, message, failure }: RunSeen): Left {
  if (message?.startsWith('{') === true) return { summary: message };
  const words = [failure, message].filter((text) => text !== undefined && text !== '').join(': ');
  if (state === 'failed') return { broken: shorten(words === '' ? 'it failed and left no word' : words) };
  return { broken: shorten(words === '' ? 'it left no reading' : `it left no reading: ${words}`) };
}

function shorten(text: string): string {
  return text.length <= SHOWN_MAX_LENGTH ? text : `${text.slice(0, SHOWN_MAX_LENGTH - 1)}…`;
}
