// The measure the tests on real processes judge by: bursts and late blocks do not count, 6 % less carried out does.
import { expect, test } from 'vitest';
import { CarriedRate, type CountedBlock } from './local/carried-rate.ts';

const PER_SECOND = 50;
const SECONDS = 20;
const GROUPS = [0, 1, 2, 3];

/** Every look finds one more block; what a block holds follows from the time since the one before. */
function chains(share: number, intervalMs: (height: number) => number): { looks: number; rate: () => Promise<number> } {
  const blocks: CountedBlock[][] = GROUPS.map((group) => [{ group, height: 0, timestampMs: 0, receipts: 0 }]);
  const told = { looks: 0, rate: async () => 0 };
  const grow = (chain: CountedBlock[]): void => {
    const { group, height, timestampMs } = chain.at(-1)!;
    const spanMs = intervalMs(height + 1);
    // Whole transactions: what is left over waits for the next block.
    const due = Math.floor(((timestampMs + spanMs) * PER_SECOND * share) / 1_000);
    const before = Math.floor((timestampMs * PER_SECOND * share) / 1_000);
    chain.push({ group, height: height + 1, timestampMs: timestampMs + spanMs, receipts: due - before });
  };
  told.rate = async () => {
    const rate = await CarriedRate.start({
      groups: GROUPS,
      invocationsPerSecond: PER_SECOND,
      everyMs: 0,
      block: async (group, which) => {
        const chain = blocks[group]!;
        if (which !== 'tip') return chain[which];
        told.looks++;
        grow(chain);
        return chain.at(-1);
      },
    });
    return rate.over(SECONDS, 0.95);
  };
  return told;
}

test('a chain that carries out all it is offered has the rate 1, however late single blocks are', async () => {
  const { rate } = chains(1, (height) => (height % 7 === 0 ? 1_900 : 1_000));
  expect(await rate()).toBeCloseTo(1, 2);
});

test('6 % too slow is too slow, also after a longer look', async () => {
  const slow = chains(0.94, () => 1_000);
  expect(await slow.rate()).toBeLessThan(0.95);
  expect(slow.looks).toBeGreaterThan(4 * SECONDS);
});
