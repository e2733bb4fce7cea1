// Fields that hold a duration, with one rule each that says everything in one sentence. It knows the notation, not what a
// duration is for.
import { DURATION_PATTERN, parseDuration } from '@rexnet/node/core/duration.ts';
import type { Rule } from './schema.ts';

export const DURATION_MAX_LENGTH = 16;
const DURATION_CEL = `self.matches('${DURATION_PATTERN}')`;

type Bounds = {
  readonly minimum: string;
  readonly maximum?: string;
  readonly message: string;
  readonly cure: string;
};

/** Refuses what is no duration, and one out of bounds. A pattern beside it would say the same twice, once as a regular expression. */
export function durationBetween({ minimum, maximum, message, cure }: Bounds): Rule<string> {
  const atMost = maximum === undefined ? '' : ` && duration(self) <= duration('${maximum}')`;
  return {
    cel: `${DURATION_CEL} && duration(self) >= duration('${minimum}')${atMost}`,
    message,
    cure,
    holds: (self) => durationAtLeast(self, minimum) && (maximum === undefined || durationAtLeast(maximum, self)),
  };
}

export function anyDuration(message: string, cure: string): Rule<string> {
  return {
    cel: `${DURATION_CEL} && duration(self) >= duration('0s')`,
    message,
    cure,
    holds: (self) => parseDuration(self) !== undefined,
  };
}

/** Whether it is a duration, and not none at all. */
export function isTimeSpan(text: string): boolean {
  return (parseDuration(text) ?? 0) > 0;
}

/** False when either is no duration. */
function durationAtLeast(text: string, floor: string): boolean {
  return (parseDuration(text) ?? Number.NaN) >= (parseDuration(floor) ?? Number.NaN);
}
