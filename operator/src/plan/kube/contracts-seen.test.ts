import { expect, test } from 'vitest';
import { contractsSeen } from './contracts-seen.ts';

const NAMES = ['token', 'shop', 'poll'];

test('the contract that failed is named, those before it are there', () => {
  expect(contractsSeen(NAMES, undefined, 'shop: shop.prd:3:1: no such type')).toEqual([
    { name: 'token', state: 'Deployed' },
    { name: 'shop', state: 'Failed', detail: 'shop.prd:3:1: no such type' },
    { name: 'poll', state: 'Waiting' },
  ]);
});

test('what is said of none of them is said of the first', () => {
  const waiting = { state: 'Waiting' };
  expect(contractsSeen(NAMES, undefined, 'there is no ConfigMap')).toMatchObject([
    { ...waiting, detail: 'there is no ConfigMap' },
    waiting,
    waiting,
  ]);
  const failed = { status: { conditions: [{ type: 'Failed', status: 'True', message: 'too late' }] } };
  expect(contractsSeen(NAMES, failed, undefined)).toMatchObject([
    { state: 'Failed', detail: 'too late' },
    waiting,
    waiting,
  ]);
  expect(contractsSeen(NAMES, { status: { succeeded: 1 } }, undefined).every(({ state }) => state === 'Deployed')).toBe(
    true,
  );
});
