// A group that lags further than genesis allows fails its callers early; what went to it before waits and arrives.
import { expect, test } from 'vitest';
import { PlainNetwork } from '../plain-network.ts';
import { AMOUNT_MSAT, Transfers } from '../transfers.ts';
import { until } from '../until.ts';

const TRANSFERS = 10;
const RECOVER_MAX_MS = 90_000;

test('calls to a group that lags more than maxLag blocks fail early, and only those', {
  timeout: 300_000,
}, async () => {
  const maxLag = 32;
  const plain = await PlainNetwork.start({
    name: 'lag',
    groups: 3,
    nodesPerGroup: 1,
    miners: 1,
    blockInterval: '250ms',
    constants: { maxLag },
  });
  try {
    const others = plain.nodes.filter((node) => node !== 'g2-n0');
    const toFrozen = new Transfers(plain.network, plain.folders, 0, 2);
    const toOther = new Transfers(plain.network, plain.folders, 0, 1);
    plain.signal('g2-n0', 'SIGSTOP');
    const early = await toFrozen.send(TRANSFERS);
    await toFrozen.reach(early, ['Included'], RECOVER_MAX_MS);
    await plain.grow(maxLag + 4, others);
    const late = await toFrozen.send(TRANSFERS);
    const refused = await toFrozen.reach(late, ['Failed'], RECOVER_MAX_MS);
    expect(refused.map(({ failure }) => failure?.outcome)).toEqual(late.map(() => 'DESTINATION_BUSY'));
    const fine = await toOther.send(TRANSFERS);
    await toOther.reach(fine, ['Completed'], RECOVER_MAX_MS);
    plain.signal('g2-n0', 'SIGCONT');
    await toFrozen.reach(early, ['Completed'], RECOVER_MAX_MS);
    expect(await toFrozen.balances([...early, ...late])).toEqual([
      ...early.map(() => AMOUNT_MSAT),
      ...late.map(() => 0n),
    ]);
    // The lag is what the newest block we have read of it had seen of us: it is over a while after the first arrive.
    await until({
      what: 'a transfer that passes again',
      withinMs: RECOVER_MAX_MS,
      look: async () =>
        (await toFrozen.reach(await toFrozen.send(1), ['Completed', 'Failed'], RECOVER_MAX_MS))[0]?.state,
      holds: (state) => state === 'Completed',
    });
    expect((await plain.network.audit()).problems).toEqual([]);
    expect(plain.restarts()).toBe(0);
  } finally {
    await plain.close();
  }
});
