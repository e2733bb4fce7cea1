import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openNetwork } from './adapter.ts';

/** Nobody listens there. */
const NOWHERE = '127.0.0.1:1';
/** Far less than the client is patient. */
const END_MAX_MS = 5_000;

test('who closes a network waits for no node that is silent, and nobody goes on asking it', async () => {
  const network = await openNetwork({
    nodes: () => new Map([[0, [{ node: 'g0-n0', grpc: NOWHERE }]]]),
    genesis: () => new Uint8Array(),
  });
  const answer = network.contract('token.Token').then(
    () => 'found',
    () => 'ended',
  );
  // Longer than one attempt takes, so that it waits for the next.
  await delay(300);
  await network.close();
  expect(await Promise.race([answer, delay(END_MAX_MS, 'asks on', { ref: false })])).toBe('ended');
});
