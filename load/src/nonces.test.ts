import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Nonces } from './nonces.ts';

test('nonces count up, and begin again where the chain says', () => {
  const nonces = new Nonces(3);
  expect([nonces.take(), nonces.take(), nonces.take()]).toEqual([3, 4, 5]);
  nonces.sent(3);
  nonces.sent(5);
  nonces.settled(3);
  nonces.resync(4);
  expect(nonces.gaps).toBe(1);
  expect([nonces.take(), nonces.take()]).toEqual([4, 6]);
  expect(nonces.gaps).toBe(0);
  nonces.resync(9);
  expect(nonces.take()).toBe(9);
  expect(nonces.generation).toBe(2);
});

/** A pool that refuses at random: whatever happens, in the end all nonces from the first on have been accepted once. */
test('no nonce is used twice and none is left out for ever', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (verdicts) => {
      const nonces = new Nonces(0);
      const accepted = new Set<number>();
      const expected = (): number => {
        let next = 0;
        while (accepted.has(next)) next++;
        return next;
      };
      const send = (isAccepted: boolean): void => {
        const nonce = nonces.take();
        expect(accepted.has(nonce)).toBe(false);
        nonces.sent(nonce);
        if (isAccepted) accepted.add(nonce);
        else nonces.settled(nonce);
        if (!isAccepted) nonces.resync(expected());
      };
      for (const verdict of verdicts) send(verdict);
      nonces.resync(expected());
      while (nonces.gaps > 0) send(true);
      expect(expected()).toBe(accepted.size);
    }),
  );
});

test('a nonce that was refused is the next one, and what was taken and not sent comes again', () => {
  const nonces = new Nonces(0);
  for (const nonce of [nonces.take(), nonces.take(), nonces.take()]) nonces.sent(nonce);
  expect([nonces.take(), nonces.take()]).toEqual([3, 4]);
  nonces.released(1);
  expect([nonces.gaps, nonces.upcoming, nonces.generation]).toEqual([1, 1, 1]);
  expect([nonces.take(), nonces.take(), nonces.take()]).toEqual([1, 3, 4]);
  nonces.released(0);
  expect([nonces.take(), nonces.take(), nonces.take()]).toEqual([0, 1, 3]);
});
