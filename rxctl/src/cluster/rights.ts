// What somebody without all rights still sees: lists that are refused are unknown, not an error.
import { KubeError } from '@rexnet/operator/kube/errors.ts';
import type { KubeObject } from '@rexnet/operator/kube/resources.ts';
import type { List } from '@rexnet/operator/kube/rest.ts';

/** Undefined where we may not look. */
export async function ifAllowed<T extends KubeObject>(list: Promise<List<T>>): Promise<readonly T[] | undefined> {
  try {
    return (await list).items;
  } catch (error) {
    if (error instanceof KubeError && error.code === 'FORBIDDEN') return undefined;
    throw error;
  }
}

/** Names of what is closed to us; undefined where nothing is. */
export function unseenOf(parts: Readonly<Record<string, boolean>>): readonly string[] | undefined {
  const closed = Object.keys(parts).filter((name) => parts[name]);
  return closed.length === 0 ? undefined : closed;
}
