// How much one object may hold: what the store behind the API server refuses is refused here first, with a cure.
import type { Refusal } from '../plan.ts';

/** Of one ConfigMap. The API server takes 1 MiB, of which heads and managed fields need some. */
export const CONFIG_MAP_MAX_BYTES = 900 * 1_024;

export type Built<T> = { readonly object: T } | { readonly refusal: Refusal };

export function bounded<T>(object: T, bytes: number, what: string, field: string, cure: string): Built<T> {
  if (bytes <= CONFIG_MAP_MAX_BYTES) return { object };
  return {
    refusal: { field, message: `${what} has ${bytes} bytes; a ConfigMap holds at most ${CONFIG_MAP_MAX_BYTES}`, cure },
  };
}
