// From what is judged to hold to the conditions of a status: when each last turned, which generation it was judged by, which
// turns are worth an event, and whether a change may wait. Pure.
import { isDeepStrictEqual } from 'node:util';
import {
  CONDITION_MESSAGE_MAX_LENGTH,
  CONDITION_REASON_MAX_LENGTH,
  CONDITION_REASON_PATTERN,
  type Condition,
} from '../api/conditions.ts';

/** A condition without its history. */
export type Judged = Pick<Condition, 'status' | 'reason' | 'message'> & { readonly type: string };

export type Turn = { readonly condition: Condition; readonly isWarning: boolean };

/** Conditions that are bad news when they hold; all others are good news. */
const BAD_WHEN_TRUE: ReadonlySet<string> = new Set(['Stalled', 'Degraded', 'NodeLost']);
/** Good ones whose absence is not just a matter of time. */
const BAD_WHEN_FALSE: ReadonlySet<string> = new Set(['Scheduled', 'DataSafe']);

/** Some come from container runtimes, and for one that it does not allow the API server would refuse the whole status. */
const REASON = new RegExp(CONDITION_REASON_PATTERN);
const OTHER_REASON = 'Other';

/** All conditions carry the generation, latched ones too: `kubectl wait` looks at no other. */
export function withHistory(
  before: readonly Condition[],
  judged: readonly Judged[],
  generation: number,
  now: string,
): readonly Condition[] {
  const old = new Map(before.map((condition) => [condition.type, condition]));
  return judged.map(({ type, status, reason, message }) => {
    const was = old.get(type);
    return {
      type,
      status,
      observedGeneration: generation,
      lastTransitionTime: was?.status === status ? was.lastTransitionTime : now,
      reason: reason.length <= CONDITION_REASON_MAX_LENGTH && REASON.test(reason) ? reason : OTHER_REASON,
      message: shorten(message),
    };
  });
}

/** Said in other words by the conditions it follows from. */
const NEVER_TOLD: ReadonlySet<string> = new Set(['Reconciling']);

/** What turned, as far as it is news: a condition that is there for the first time, or is not known yet, is so only when it is bad. */
export function turnsOf(before: readonly Condition[], after: readonly Condition[]): readonly Turn[] {
  const old = new Map(before.map((condition) => [condition.type, condition]));
  return after.flatMap((condition) => {
    const isWarning = isBad(condition);
    return isNews(old.get(condition.type), condition, isWarning) ? [{ condition, isWarning }] : [];
  });
}

function isNews(was: Condition | undefined, { type, status, reason }: Condition, isWarning: boolean): boolean {
  if (NEVER_TOLD.has(type)) return false;
  if (isWarning) return was?.status !== status || was.reason !== reason;
  if (was === undefined || was.status === status) return false;
  return status === 'True' || was.status === 'True';
}

export type StatusLike = {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  readonly [field: string]: unknown;
};

/** `figures`: numbers that move all the time, and sentences. `progress`: counts that move while something is on its way. */
export type Change = 'none' | 'figures' | 'progress' | 'state';

/** Of figures and progress a change may wait; any other may not. */
export function changeOf(
  before: StatusLike,
  after: StatusLike,
  figures: readonly string[],
  progress: readonly string[] = [],
): Change {
  if (isDeepStrictEqual(before, after)) return 'none';
  if (isDeepStrictEqual(stateOf(before, figures), stateOf(after, figures))) return 'figures';
  const moving = [...figures, ...progress];
  return isDeepStrictEqual(stateOf(before, moving), stateOf(after, moving)) ? 'progress' : 'state';
}

function stateOf({ conditions = [], ...fields }: StatusLike, figures: readonly string[]): unknown {
  return {
    fields: Object.fromEntries(Object.entries(fields).filter(([name]) => !figures.includes(name))),
    conditions: conditions.map(({ message: _, ...state }) => state),
  };
}

function isBad({ type, status, reason }: Condition): boolean {
  if (BAD_WHEN_TRUE.has(type)) return status === 'True';
  return status === 'False' && (BAD_WHEN_FALSE.has(type) || reason.endsWith('Failed'));
}

/** Half a character, as cuts leave it, comes back from the server as another text, and would be written for ever. */
function shorten(message: string): string {
  const whole = message.toWellFormed();
  if (whole.length <= CONDITION_MESSAGE_MAX_LENGTH) return whole;
  return `${whole.slice(0, CONDITION_MESSAGE_MAX_LENGTH - 1).toWellFormed()}…`;
}
