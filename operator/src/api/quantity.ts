// Quantities ('384Mi') as Kubernetes reads them. It refuses everything the API server would refuse, and invents no units of its own.

const QUANTITY = /^([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?[0-9]+)?$/;
const NANO_DIGITS = 9;
/** Kubernetes takes any and cuts the value off; longer ones fit no field of ours. */
const EXPONENT_MAX = 1_000;
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
