// What one transaction of a workload is budgeted, which a capacity is made of: the generator measures it, so it is asked once,
// by a handful of transactions on a network that is there anyway.
import { GeneratorProcess, type LoadWish } from './generator.ts';
import type { BenchNetwork } from './network.ts';

const PROBE: Pick<LoadWish, 'tps' | 'transactions' | 'warmUpSeconds' | 'drainSeconds' | 'verifyBalances'> = {
  tps: 5,
  transactions: 1,
  warmUpSeconds: 0,
  drainSeconds: 0,
  verifyBalances: false,
};
const PROBE_MAX_MS = 240_000;

export interface Price {
  readonly gasLimit: number;
  readonly userGas: number;
  readonly blockIntervalMs: number;
}

/** Remembers by what changes the answer. */
export class Prices {
  readonly #known = new Map<string, Price>();

  async of(
    net: BenchNetwork,
    load: Pick<LoadWish, 'workload' | 'contract' | 'receivers'>,
    signal: AbortSignal,
  ): Promise<Price> {
    const key = JSON.stringify([
      load.workload,
      load.contract,
      load.receivers,
      net.plan.genesis.chain.blockGas.toString(),
    ]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    await using generator = await GeneratorProcess.start(net.folders, 'price', { ...load, ...PROBE });
    const { gasLimit, network } = await generator.finished(PROBE_MAX_MS, signal);
    const price = { gasLimit, userGas: network.userGas, blockIntervalMs: network.blockIntervalMs };
    this.#known.set(key, price);
    return price;
  }
}
