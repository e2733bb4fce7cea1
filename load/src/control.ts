// What may be told to a generator while it runs, as a small JSON file that is written as a whole. Reads nothing itself.
import { TPS_MAX, TPS_MIN } from './spec.ts';

export interface Control {
  /** Offered to the whole network from now on. */
  readonly tps?: number;
  /** Offer nothing more, wait for what is under way, report and end. */
  readonly stop?: boolean;
}

/** Undefined for what says nothing that can be done: it is read again soon. */
export function parseControl(text: string): Control | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { tps, stop } = value as Readonly<Record<string, unknown>>;
  return {
    ...(typeof tps === 'number' && tps >= TPS_MIN && tps <= TPS_MAX ? { tps } : {}),
    ...(typeof stop === 'boolean' ? { stop } : {}),
  };
}
