// One load run from start to report: chains watched, accounts prepared, payments offered at their times, the rest waited
// for, balances compared. What it learns goes out through callbacks; it opens and writes nothing itself.
import type { Network as GenesisNetwork } from '@rexnet/node/chain/genesis.ts';
import { Chains, type Clock } from './chains.ts';
import { standings, supplyOf } from './holdings.ts';
import { Model } from './model.ts';
import type { LoadNetwork } from './network.ts';
import { Nonces } from './nonces.ts';
import { Offering } from './offering.ts';
import { Pairs } from './pairs.ts';
import { prepare, type Ready } from './prepare.ts';
import { RecentRate, type RunReport, reportOf } from './report.ts';
import { SignAhead } from './sign-ahead.ts';
import type { LoadSpec } from './spec.ts';

export interface RunParts {
  readonly spec: LoadSpec;
  readonly genesis: GenesisNetwork;
  readonly network: LoadNetwork;
  readonly clock: Clock;
  readonly note: (line: string) => void;
  /** About once a second. */
  readonly onProgress: (report: RunReport) => void;
  /** Stop offering, then end as if time were over. */
  readonly stop: AbortSignal;
  /** End at once. */
  readonly quit: AbortSignal;
}

const TICK_MS = 20;
const PROGRESS_MS = 1_000;
const FIRST_BLOCK_MAX_MS = 60_000;
const RESEND_MIN_MS = 5_000;
/** Blocks without a sign of a transaction before it is sent again. */
const RESEND_BLOCKS = 8;
/** The node asked may be a block behind the one watched. */
const COMPARISONS = 6;
const COMPARE_AGAIN_MS = 1_000;

export class RunError extends Error {
  readonly code = 'NOT_STARTED';
}

export async function runLoad(parts: RunParts): Promise<RunReport> {
  const { genesis, network, clock, stop } = parts;
  const { groups } = genesis.firstMap;
  const chains = new Chains(network, groups, clock);
  try {
    const deadlineMs = clock.nowMs() + FIRST_BLOCK_MAX_MS;
    while (chains.seen < groups.length && !stop.aborted) {
      if (clock.nowMs() > deadlineMs) throw new RunError(`${chains.seen} of ${groups.length} groups answer`);
      await clock.sleep(TICK_MS);
    }
    const ready = await Promise.race([prepare({ ...parts, chains }), untilAborted(stop)]);
    return await new Run(parts, ready, chains).toTheEnd();
  } finally {
    await chains.close();
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  const stopped = Promise.withResolvers<never>();
  const onAbort = (): void => stopped.reject(new RunError('stopped before anything was offered'));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  stopped.promise.catch(() => {});
  return stopped.promise;
}

class Run {
  readonly #parts: RunParts;
  readonly #ready: Ready;
  readonly #chains: Chains;
  readonly #model: Model;
  readonly #seed: number;
  readonly #offering: Offering;
  readonly #rate = new RecentRate();
  #recentTps = 0;
  #progressMs: number;

  constructor(parts: RunParts, ready: Ready, chains: Chains) {
    const { spec, genesis, network, clock } = parts;
    const { accounts, workload } = ready;
    const { seed, confirmations, blockIntervalMs } = genesis.genesis;
    this.#parts = parts;
    this.#ready = ready;
    this.#chains = chains;
    this.#seed = spec.seed ?? seed;
    this.#model = new Model(ready.standings);
    const nonces = ready.standings.map(({ nextNonce }) => new Nonces(nextNonce));
    const groups = accounts.map(({ group }) => group);
    const pairs = new Pairs({ groups, seed: this.#seed, crossGroupPercent: spec.crossGroupPercent });
    const signing = new SignAhead({ accounts, nonces, pairs, workload, clock });
    const model = this.#model;
    const startMs = clock.nowMs() + PROGRESS_MS;
    this.#progressMs = startMs;
    this.#offering = new Offering(
      { network, accounts, nonces, workload, signing, model, confirmations },
      {
        startMs,
        tps: spec.tps,
        seconds: spec.seconds,
        resendAfterMs: Math.max(RESEND_MIN_MS, RESEND_BLOCKS * blockIntervalMs),
      },
    );
    signing.fill(this.#offering.ahead, this.#offering.ahead);
  }

  async toTheEnd(): Promise<RunReport> {
    const { spec, clock, stop, quit, note } = this.#parts;
    const unlisten = this.#chains.listen((event, nowMs) => this.#offering.observe(event, nowMs));
    note(`offering ${spec.tps} transactions a second`);
    while (!this.#offering.isOver && !quit.aborted) {
      if (stop.aborted) this.#offering.stop(clock.nowMs());
      await this.#step();
    }
    const deadlineMs = clock.nowMs() + spec.drainSeconds * 1_000;
    while (!this.#offering.isDrained && !quit.aborted && clock.nowMs() < deadlineMs) await this.#step();
    unlisten();
    this.#offering.abandon();
    const balances = spec.verifyBalances && !quit.aborted ? await this.#compare() : {};
    return { ...this.#report(), ...balances, done: true };
  }

  async #step(): Promise<void> {
    const { clock, onProgress } = this.#parts;
    const nowMs = clock.nowMs();
    this.#offering.tick(nowMs);
    if (nowMs >= this.#progressMs) {
      this.#progressMs = nowMs + PROGRESS_MS;
      const report = this.#report();
      this.#recentTps = this.#rate.look(nowMs, report.completed);
      onProgress({ ...report, recentTps: this.#recentTps });
    }
    await clock.sleep(TICK_MS);
  }

  #report(): RunReport {
    const { accounts, workload } = this.#ready;
    return reportOf(this.#offering, {
      spec: this.#parts.spec,
      seed: this.#seed,
      accounts: accounts.length,
      gasLimit: workload.gasLimit,
      recentTps: this.#recentTps,
    });
  }

  async #compare(): Promise<Pick<RunReport, 'balances' | 'balancesChecked'>> {
    const { clock } = this.#parts;
    const balancesChecked = this.#model.certain;
    if (balancesChecked === 0)
      return { balances: 'not compared: every account has a transaction under way', balancesChecked };
    try {
      for (let round = 1; ; round++) {
        const difference = await this.#difference();
        if (difference === undefined) return { balances: 'match', balancesChecked };
        if (round === COMPARISONS) return { balances: difference, balancesChecked };
        await clock.sleep(COMPARE_AGAIN_MS);
      }
    } catch (error) {
      return {
        balances: `not compared: ${error instanceof Error ? error.message : String(error)}`,
        balancesChecked: 0,
      };
    }
  }

  async #difference(): Promise<string | undefined> {
    const { accounts, token, supply } = this.#ready;
    const { network } = this.#parts;
    const found = await standings(network, accounts, token);
    const names = accounts.map(({ name }) => name);
    const difference = this.#model.firstDifference(found, names);
    const [someone] = accounts;
    if (difference !== undefined || token === undefined || someone === undefined) return difference;
    const supplyNow = await supplyOf(network, token, someone.address);
    return supplyNow === supply ? undefined : `the supply is ${supplyNow} tokens, it was ${supply}`;
  }
}
