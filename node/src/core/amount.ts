// Amounts: msat inside, rxBTC with 8 decimals on a screen (1 rxBTC = 100,000,000 sat = 100,000,000,000 msat).

const MSAT_PER_SAT = 1_000n;
export const MSAT_PER_RXBTC = 100_000_000_000n;

/** `0.00012000 rxBTC`; what is below one sat is cut. */
export function formatAmount(msat: bigint): string {
  const sat = msat / MSAT_PER_SAT;
  const whole = sat / 100_000_000n;
  const part = (sat % 100_000_000n).toString().padStart(8, '0');
  return `${whole}.${part} rxBTC`;
}

/** Parses `1.5`, `1.5 rxBTC`, `1200msat` or `12sat`; undefined when it is none of these. */
export function parseAmount(input: string): bigint | undefined {
  const m = /^\s*(\d+)(?:\.(\d{1,11}))?\s*(rxBTC|sat|msat)?\s*$/.exec(input);
  if (m === null) return undefined;
  const unit = m[3] ?? 'rxBTC';
  const decimals = unit === 'rxBTC' ? 11 : unit === 'sat' ? 3 : 0;
  const fraction = m[2] ?? '';
  if (fraction.length > decimals) return undefined;
  return BigInt(m[1]! + fraction.padEnd(decimals, '0'));
}
