import { expect, test } from 'vitest';
import type { ParsedHeader } from '../consensus/header.ts';
import { type WaitingHeader, WaitingHeaders } from './waiting-headers.ts';

const PER_PEER = 4;
const IN_ALL = 10;

function waiting(number: number, from: string): WaitingHeader {
  const id = new Uint8Array(32).fill(number);
  return {
    parsed: { id } as unknown as ParsedHeader,
    key: `${number}`,
    witness: new Uint8Array(0),
    from,
    pending: undefined,
    waits: [number % 2 === 0 ? { reason: 'future', untilMs: 1_000 } : { reason: 'parent', group: 0, height: 1, id }],
  };
}

test('keeps so many of one peer and so many in all, the newest', () => {
  const headers = new WaitingHeaders(PER_PEER, IN_ALL);
  for (let i = 0; i < 100; i++) headers.add(waiting(i, 'one'));
  expect(headers.size).toBe(PER_PEER);
  // Whoever is dropped and dials again has another name.
  for (let i = 100; i < 200; i++) headers.add(waiting(i, `again ${i}`));
  expect(headers.size).toBe(IN_ALL);
  expect([...Array(200).keys()].filter((i) => headers.get(`${i}`) !== undefined)).toEqual(
    Array.from({ length: IN_ALL }, (_, i) => 190 + i),
  );
  expect(headers.takeDue(1_000).map(({ key }) => key)).toEqual(['190', '192', '194', '196', '198']);
  expect(headers.size).toBe(IN_ALL / 2);
});
