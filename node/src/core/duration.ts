// Durations as a person and Kubernetes write them ('1m30s'). It knows four units and refuses everything the API server would refuse.

export const DURATION_PATTERN = '^([0-9]+(ms|s|m|h))+$';

const DURATION = new RegExp(DURATION_PATTERN);
const UNIT_MS: Readonly<Record<string, bigint>> = { ms: 1n, s: 1_000n, m: 60_000n, h: 3_600_000n };
/** CEL's duration() is a count of nanoseconds in 64 bits; beyond it the API server reports an error. */
const MAX_MS = (1n << 63n) / 1_000_000n;

/** Milliseconds, or undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let totalMs = 0n;
  for (const [, digits, unit] of text.matchAll(/([0-9]+)(ms|s|m|h)/g)) totalMs += BigInt(digits!) * UNIT_MS[unit!]!;
  return totalMs < MAX_MS ? Number(totalMs) : undefined;
}
