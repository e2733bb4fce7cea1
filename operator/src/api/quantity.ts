// Durations ('1m30s') and quantities ('384Mi') as Kubernetes reads them. It refuses everything the API server would refuse,
// and invents no units of its own.

export const DURATION_PATTERN = '^([0-9]+(ms|s|m|h))+$';
export const DURATION_MEANING = 'a duration such as 500ms, 2s or 1m30s (units ms, s, m, h; no spaces, no days)';

const DURATION = new RegExp(DURATION_PATTERN);
const DURATION_MS: Readonly<Record<string, bigint>> = { ms: 1n, s: 1_000n, m: 60_000n, h: 3_600_000n };
/** CEL's duration() is a count of nanoseconds in 64 bits; beyond it the API server reports an error. */
const DURATION_MAX_MS = (1n << 63n) / 1_000_000n;

/** Milliseconds, or undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let totalMs = 0n;
  for (const [, digits, unit] of text.matchAll(/([0-9]+)(ms|s|m|h)/g)) {
    totalMs += BigInt(digits ?? '0') * (DURATION_MS[unit ?? ''] ?? 0n);
  }
  return totalMs < DURATION_MAX_MS ? Number(totalMs) : undefined;
}

/** The shortest text that parses back to the same number of milliseconds. */
export function formatDuration(durationMs: number): string {
  let rest = durationMs;
  let text = '';
  for (const [unit, unitMs] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ] as const) {
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text === '' ? '0s' : text;
}

const QUANTITY = /^([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?[0-9]+)?$/;
const NANO_DIGITS = 9;
const EXPONENT_MAX = 18;
const BINARY_POWER: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };
const DECIMAL_POWER: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/** Billionths, rounded up as Kubernetes does, or undefined when the text is no quantity. Exact, so it can be compared. */
export function parseQuantity(text: string): bigint | undefined {
  const match = QUANTITY.exec(text);
  if (match === null) return undefined;
  const [, sign = '', digits = '', suffix = ''] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  const mantissa = BigInt(`${whole}${fraction}` || '0');
  const magnitude = scale(mantissa, fraction.length, suffix);
  if (magnitude === undefined) return undefined;
  return sign === '-' ? -magnitude : magnitude;
}

function scale(mantissa: bigint, fractionDigits: number, suffix: string): bigint | undefined {
  const binary = BINARY_POWER[suffix];
  if (binary !== undefined)
    return divideUp((mantissa << binary) * 10n ** BigInt(NANO_DIGITS), 10n ** BigInt(fractionDigits));
  const power = DECIMAL_POWER[suffix] ?? Number(suffix.slice(1));
  if (Math.abs(power) > EXPONENT_MAX) return undefined;
  const shift = power + NANO_DIGITS - fractionDigits;
  return shift >= 0 ? mantissa * 10n ** BigInt(shift) : divideUp(mantissa, 10n ** BigInt(-shift));
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** True when both are quantities and the first is at least the second. */
export function quantityAtLeast(text: string, floor: string): boolean {
  const value = parseQuantity(text);
  const limit = parseQuantity(floor);
  return value !== undefined && limit !== undefined && value >= limit;
}

export function quantityAbove(text: string, floor: string): boolean {
  const value = parseQuantity(text);
  const limit = parseQuantity(floor);
  return value !== undefined && limit !== undefined && value > limit;
}
