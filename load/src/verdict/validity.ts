// When a reading says nothing about the system: the generator or the machine was the limit, or the books do not add up. One
// table of rules; it repeats nothing and forgives nothing.
import type { Profile, Reading } from './reading.ts';

const LOOP_LAG_P99_MAX_MS = 50;
const GENERATOR_CPU_MAX = 0.8;
const SENT_MIN = 0.98;
const STEAL_MAX = 0.05;
const THROTTLED_MAX = 0.05;
/** A quarter of the machine is one core of four, or half a core of two. */
const FOREIGN_MAX = 0.25;
const BUSY_MAX = 0.9;
/** Waiting longer than running: bursts of a beat that queue behind each other stay below, a machine that is too small does not. */
const WAIT_MAX = 0.5;
/** Of what was to be done: who reaches this was not held up, however busy the machine. */
export const REACHED = 0.97;

export type Culprit = 'run' | 'gates' | 'generator' | 'machine';
export interface Invalidity {
  readonly culprit: Culprit;
  readonly reason: string;
}

interface Rule {
  readonly culprit: Culprit;
  /** Absent: the rule does not hold of this reading. */
  readonly reason: (reading: Reading, profile: Profile) => string | undefined;
}

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** Whoever disturbs from outside first, then the generator, then what follows from either. */
export const RULES: readonly Rule[] = [
  { culprit: 'run', reason: ({ broken }) => broken },
  {
    culprit: 'machine',
    reason: ({ machine: { foreignShare } }) =>
      atMost(foreignShare, FOREIGN_MAX, () => `other processes used ${percent(foreignShare)} of the machine meanwhile`),
  },
  {
    culprit: 'machine',
    reason: ({ machine: { stealShare } }) =>
      atMost(stealShare, STEAL_MAX, () => `the host took ${percent(stealShare)} of the cores away (steal)`),
  },
  {
    culprit: 'machine',
    reason: throttling,
  },
  {
    culprit: 'generator',
    reason: ({ generator: { cpuShare } }) =>
      atMost(
        cpuShare,
        GENERATOR_CPU_MAX,
        (max) => `the generator used ${percent(cpuShare)} of a core, more than ${percent(max)}`,
      ),
  },
  {
    culprit: 'generator',
    reason: ({ generator: { sentOverOffered } }) =>
      sentOverOffered >= SENT_MIN
        ? undefined
        : `the generator sent ${percent(sentOverOffered)} of what it was to offer, less than ${percent(SENT_MIN)}`,
  },
  {
    culprit: 'generator',
    reason: ({ generator: { loopLagP99Ms } }) =>
      atMost(
        loopLagP99Ms,
        LOOP_LAG_P99_MAX_MS,
        (max) => `the generator's event loop was ${loopLagP99Ms.toFixed(0)} ms late (p99), more than ${max} ms`,
      ),
  },
  { culprit: 'machine', reason: starvation },
  {
    culprit: 'gates',
    reason: ({ gates }) => {
      const failed = gates.find(({ isMet }) => !isMet);
      return failed === undefined ? undefined : `${failed.name}: ${failed.detail}`;
    },
  },
];

/** Without a cap what a node may use of the processor is what is measured; the generator must have enough in any case. */
function throttling({ machine }: Reading, profile: Profile): string | undefined {
  const { throttledShare, throttled, generatorThrottledShare } = machine;
  if (profile === 'open' && generatorThrottledShare !== undefined)
    return atMost(generatorThrottledShare, THROTTLED_MAX, () =>
      throttledWords('the generator', generatorThrottledShare),
    );
  return atMost(throttledShare, THROTTLED_MAX, () => throttledWords(throttled, throttledShare));
}

function throttledWords(who: string | undefined, share: number): string {
  return `${who === undefined ? '' : `${who} was `}throttled in ${percent(share)} of the periods`;
}

/**
 * A small machine is busy on every beat; that alone proves nothing. It was the limit when cores were scarce, our processes
 * waited for them longer than they ran, and less was done than was asked for and the cap allows. Without a cap a full machine
 * is what is measured.
 */
function starvation(reading: Reading, profile: Profile): string | undefined {
  const { machine } = reading;
  if (profile === 'open' || !isBehind(reading)) return undefined;
  if (machine.busyShare <= BUSY_MAX || machine.waitShare <= WAIT_MAX) return undefined;
  return `the cores were ${percent(machine.busyShare)} busy and the nodes waited for them ${percent(machine.waitShare)} of their time`;
}

/** NaN is more than any maximum: what was not measured proves nothing. */
function atMost(value: number, max: number, word: (max: number) => string): string | undefined {
  return value <= max ? undefined : word(max);
}

/** All that is wrong with a reading, in the order of the rules. */
export function invalidities(reading: Reading, profile: Profile): readonly Invalidity[] {
  return RULES.flatMap(({ culprit, reason }) => {
    const said = reason(reading, profile);
    return said === undefined ? [] : [{ culprit, reason: said }];
  });
}

/** The same in one sentence; undefined when nothing is wrong. */
export function invalidReason(reading: Reading, profile: Profile): string | undefined {
  const all = invalidities(reading, profile).map(({ reason }) => reason);
  return all.length === 0 ? undefined : all.join('; ');
}

/** Books that do not add up are a finding, not bad luck. */
export function isWorthAnother(reading: Reading, profile: Profile): boolean {
  const found = invalidities(reading, profile);
  return found.length > 0 && found.every(({ culprit }) => culprit !== 'gates');
}

/** Less was completed than was asked for and the cap allows; false where there is no cap. */
export function isBehind({
  tps,
  offeredTps,
  capacityTps,
}: Pick<Reading, 'tps' | 'offeredTps' | 'capacityTps'>): boolean {
  return capacityTps !== undefined && tps < REACHED * Math.min(capacityTps, offeredTps);
}
