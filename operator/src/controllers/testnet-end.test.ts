import { expect, test } from 'vitest';
import type { TestnetStatus } from '../api/testnet.ts';
import type { TestnetObject } from './collections.ts';
import { endsAtMs, expiryOf } from './testnet-end.ts';

const CREATED = '2026-01-01T00:00:00Z';
const HOUR_MS = 3_600_000;

function testnet(spec: unknown, status?: Partial<TestnetStatus>): TestnetObject {
  return {
    apiVersion: 'rexnet.dev/v1alpha1',
    kind: 'Testnet',
    metadata: { name: 'demo', creationTimestamp: CREATED },
    spec,
    ...(status === undefined ? {} : { status: status as TestnetStatus }),
  };
}

function hours(object: TestnetObject, defaultTtl?: string): number | undefined {
  const at = endsAtMs(object, defaultTtl);
  return at === undefined ? undefined : (at - Date.parse(CREATED)) / HOUR_MS;
}

test('its own time counts, else the one given to those without', () => {
  expect(hours(testnet({}))).toBeUndefined();
  expect(hours(testnet({ ttl: '2h' }))).toBe(2);
  expect(hours(testnet({ ttl: '2h' }), '8h')).toBe(2);
  expect(hours(testnet({}), '8h')).toBe(8);
  expect(hours(testnet('nonsense'), '8h')).toBe(8);
});

test('what was given stays: another default, or none, ends nobody who runs', () => {
  const given = { image: 'rexnet:1', defaultTtl: '8h' };
  expect(hours(testnet({}, given), '1h')).toBe(8);
  expect(hours(testnet({}, given))).toBe(8);
  expect(hours(testnet({}, { image: 'rexnet:1' }), '1h')).toBeUndefined();
});

test('the status says both, also while its own time counts', () => {
  expect(expiryOf(testnet({}), undefined)).toEqual({});
  expect(expiryOf(testnet({}), '8h')).toEqual({ defaultTtl: '8h', expiresAt: '2026-01-01T08:00:00Z' });
  const given = { image: 'rexnet:1', defaultTtl: '8h' };
  expect(expiryOf(testnet({ ttl: '2h' }, given), '1h')).toEqual({
    defaultTtl: '8h',
    expiresAt: '2026-01-01T02:00:00Z',
  });
});
