// When a Testnet ends: by its own spec.ttl, else by the time the operator gave to those that name none when it was made. A change of that
// default ends nobody who runs already.
import { parseDuration } from '@rexnet/node/core/duration.ts';
import type { TestnetStatus } from '../api/testnet.ts';
import type { TestnetObject } from './collections.ts';

export type Expiry = Pick<TestnetStatus, 'expiresAt' | 'defaultTtl'>;

/** What its status says of its end. */
export function expiryOf(object: TestnetObject, defaultTtl: string | undefined): Expiry {
  const given = givenTtl(object, defaultTtl);
  const atMs = endsAtMs(object, defaultTtl);
  return {
    ...(given === undefined ? {} : { defaultTtl: given }),
    ...(atMs === undefined ? {} : { expiresAt: new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z') }),
  };
}

export function endsAtMs(object: TestnetObject, defaultTtl: string | undefined): number | undefined {
  const { metadata, spec } = object;
  const own = typeof spec === 'object' && spec !== null ? Reflect.get(spec, 'ttl') : undefined;
  const ttl = own ?? givenTtl(object, defaultTtl);
  const ttlMs = typeof ttl === 'string' ? parseDuration(ttl) : undefined;
  return ttlMs === undefined ? undefined : Date.parse(metadata.creationTimestamp ?? '') + ttlMs;
}

/** Fixed with the image, in the first status. */
function givenTtl({ status }: TestnetObject, defaultTtl: string | undefined): string | undefined {
  return status?.image === undefined ? defaultTtl : status.defaultTtl;
}
