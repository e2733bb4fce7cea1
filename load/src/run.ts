// One load run from start to report: chains watched, accounts prepared, payments offered at their times, the rest waited
// for, gates judged. What it learns goes out through callbacks; it opens and writes nothing itself.
import type { Network as GenesisNetwork } from '@rexnet/node/chain/genesis.ts';
import { toHex } from '@rexnet/node/core/bytes.ts';
import { Chains, type Clock } from './chains.ts';
import type { Control } from './control.ts';
import { judgeGates, type Unwhole } from './gates.ts';
import { Model } from './model.ts';
import type { LoadNetwork } from './network.ts';
import { Nonces } from './nonces.ts';
import { Offering } from './offering.ts';
import { Pairs } from './pairs.ts';
import { prepare, type Ready } from './prepare.ts';
import { checkPresigned, type PresignedHeader, type PresignedRecords, presign, Replay } from './presigned.ts';
import type { RunReport, Versions } from './report.ts';
import { networkFacts, RecentRate, reportOf } from './reporting.ts';
import { capacityOf } from './run-reading.ts';
import type { SelfWatch } from './self-watch.ts';
import { SignAhead, type SignerParts } from './sign-ahead.ts';
import { type LoadSpec, offeredCount, offeredTps } from './spec.ts';
import type { Finished } from './tracker.ts';
import type { Cut } from './window.ts';

export interface RunParts {
  readonly spec: LoadSpec;
  readonly genesis: GenesisNetwork;
  readonly network: LoadNetwork;
  readonly clock: Clock;
  readonly watch: SelfWatch;
  readonly versions: Omit<Versions, 'compiler'>;
  readonly note: (line: string) => void;
  /** About once a second. */
  readonly onProgress: (report: RunReport) => void;
  /** Every transaction whose relay tree is whole and deep enough. */
  readonly onFinished?: (tree: Omit<Finished, 'subject'>) => void;
  /** What it is told now, asked once a second. */
  readonly control: () => Control | undefined;
  /** Transactions signed beforehand. */
  readonly replay?: PresignedRecords;
  /** When the measured window opens and when it closes. */
  readonly onEdge?: (edge: 'begin' | 'end') => void;
  /** Stop offering, then end as if time were over. */
  readonly stop: AbortSignal;
  /** End at once. */
  readonly quit: AbortSignal;
}

const TICK_MS = 20;
const PROGRESS_MS = 1_000;
const FIRST_BLOCK_MAX_MS = 60_000;
const RESEND_MIN_MS = 5_000;
/** Blocks without a sign of a transaction before it may be lost. */
const RESEND_BLOCKS = 8;
/** Besides twice the confirmations: so long until as many trees end as begin. */
const WARM_BLOCKS = 4;
/** A transaction waits for others no longer than this part of a block interval. */
const GATHER_SHARE = 1 / 20;
const GATHER_MAX_MS = 100;
/** Blocks of every group without anything of this run after which nothing of it is going on. */
const QUIET_BLOCKS = 10;

export class RunError extends Error {
  readonly code = 'NOT_STARTED';
}

export async function runLoad(parts: RunParts): Promise<RunReport> {
  return prepared(parts, (ready, chains) => new Run(parts, ready, chains).toTheEnd());
}

/** Signs what a run would offer, and hands it out in pieces; answers how many transactions. */
export async function presignLoad(parts: RunParts, write: (piece: Uint8Array) => void): Promise<number> {
  return prepared(parts, async (ready) => {
    const { signer, header } = signerOf(parts, ready);
    parts.note(`signing ${header.count} transactions`);
    return presign(signer, header, write);
  });
}

async function prepared<T>(parts: RunParts, run: (ready: Ready, chains: Chains) => Promise<T>): Promise<T> {
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
    return await run(ready, chains);
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

/** What signs the payments of this run, and what a file of them would be called. */
function signerOf(
  { spec, genesis, clock }: RunParts,
  ready: Ready,
): { readonly signer: SignerParts; readonly header: PresignedHeader } {
  const { accounts, kind, workload, standings } = ready;
  const seed = spec.seed ?? genesis.genesis.seed;
  const nonces = standings.map(({ nextNonce }) => new Nonces(nextNonce));
  // A list of so many accounts in all is to mean the same payments whatever the groups.
  const groups = accounts.map(({ group }) => (spec.accounts === undefined ? group : 0));
  const receivers = kind.fansOut === true ? spec.receivers : 1;
  const { crossGroupPercent } = spec;
  const pairs = new Pairs({ groups, seed, crossGroupPercent, receivers, ...kind.pairs });
  const tps = rateOf(spec, genesis, ready);
  return {
    signer: { accounts, nonces, pairs, workload, clock },
    header: {
      networkId: toHex(genesis.networkId),
      workload: spec.workload,
      seed,
      crossGroupPercent: crossGroupPercent ?? null,
      gasLimit: String(workload.gasLimit),
      count: offeredCount(spec, tps),
      nonces: nonces.map(({ upcoming }) => upcoming),
    },
  };
}

/** Transactions a second. */
function rateOf(spec: LoadSpec, genesis: GenesisNetwork, { loaded, workload }: Ready): number {
  return offeredTps(spec, loaded, capacityOf({ ...networkFacts(genesis), groups: 1 }, Number(workload.gasLimit)));
}

class Run {
  readonly #parts: RunParts;
  readonly #ready: Ready;
  readonly #chains: Chains;
  readonly #model: Model;
  readonly #seed: number;
  readonly #offering: Offering;
  readonly #rate = new RecentRate();
  readonly #warmMs: number;
  /** Height of every group's newest block with something of this run in it. */
  readonly #active = new Map<number, number>();
  #recentTps = 0;
  #progressMs: number;

  constructor(parts: RunParts, ready: Ready, chains: Chains) {
    const { spec, genesis, network, clock, replay, onFinished = () => undefined } = parts;
    const { accounts, workload } = ready;
    const { confirmations, blockIntervalMs } = genesis.genesis;
    const { signer, header } = signerOf(parts, ready);
    this.#parts = parts;
    this.#ready = ready;
    this.#chains = chains;
    this.#seed = header.seed;
    this.#model = new Model(ready.standings);
    if (replay !== undefined) checkPresigned(replay.header, header);
    const signing = replay === undefined ? new SignAhead(signer) : new Replay(signer, replay);
    const model = this.#model;
    const startMs = clock.nowMs() + PROGRESS_MS;
    this.#progressMs = startMs;
    const { warmUpSeconds = ((2 * confirmations + WARM_BLOCKS) * blockIntervalMs) / 1_000 } = spec;
    this.#warmMs = startMs + warmUpSeconds * 1_000;
    this.#offering = new Offering(
      { network, accounts, nonces: signer.nonces, workload, signing, model, confirmations, clock, onFinished },
      {
        startMs,
        tps: rateOf(spec, genesis, ready),
        count: header.count,
        endMs: spec.seconds === undefined ? Number.POSITIVE_INFINITY : startMs + spec.seconds * 1_000,
        gatherMs: Math.min(GATHER_MAX_MS, blockIntervalMs * GATHER_SHARE),
        resendAfterMs: Math.max(RESEND_MIN_MS, RESEND_BLOCKS * blockIntervalMs),
        slowdownMs: spec.slowdownMs,
      },
    );
    signing.fill(this.#offering.ahead, this.#offering.ahead);
  }

  async toTheEnd(): Promise<RunReport> {
    const { spec, clock, watch, stop, quit, note, onEdge } = this.#parts;
    const unlisten = this.#chains.listen((event, nowMs) => {
      if (this.#offering.observe(event, nowMs) > 0) this.#active.set(event.group, event.height);
    });
    note(`offering ${this.#offering.tps} transactions a second`);
    watch.start();
    while (!this.#offering.isOver && !quit.aborted) {
      if (stop.aborted) this.#offering.stop();
      await this.#step();
      this.#measure();
    }
    if (this.#offering.window.isOpen) onEdge?.('end');
    this.#offering.window.close(this.#cut());
    watch.stop();
    const deadlineMs = clock.nowMs() + spec.drainSeconds * 1_000;
    while (!this.#offering.isDrained && !quit.aborted && clock.nowMs() < deadlineMs) await this.#step();
    unlisten();
    const unwhole = this.#unwhole();
    this.#offering.abandon();
    const doubled = this.#offering.tracker.doubled;
    const gates =
      spec.verifyBalances && !quit.aborted
        ? await judgeGates({ facts: this.#parts, ready: this.#ready, model: this.#model, unwhole, doubled })
        : notJudged(unwhole, doubled);
    const { balances, balancesChecked } = gates;
    return { ...this.#report(), gates, ...(spec.verifyBalances ? { balances, balancesChecked } : {}), done: true };
  }

  async #step(): Promise<void> {
    const { clock, onProgress } = this.#parts;
    const nowMs = clock.nowMs();
    this.#offering.tick(nowMs);
    if (nowMs >= this.#progressMs) {
      this.#progressMs = nowMs + PROGRESS_MS;
      this.#obey(nowMs);
      const report = this.#report();
      this.#recentTps = this.#rate.look(nowMs, report.completed);
      onProgress({ ...report, recentTps: this.#recentTps });
    }
    await clock.sleep(TICK_MS);
  }

  #obey(nowMs: number): void {
    const { tps, stop } = this.#parts.control() ?? {};
    if (tps !== undefined && tps !== this.#offering.tps) {
      this.#parts.note(`offering ${tps} transactions a second from now on`);
      this.#offering.setRate(nowMs, tps);
    }
    if (stop === true) this.#offering.stop();
  }

  /** The window opens with the blocks that are newest when the warm-up is over. */
  #measure(): void {
    const { window } = this.#offering;
    if (window.isOpen || this.#parts.clock.nowMs() < this.#warmMs) return;
    window.open(this.#cut());
    this.#parts.onEdge?.('begin');
  }

  #cut(): Cut {
    return { tips: new Map(this.#chains.tips), offered: new Map(this.#offering.offeredByGroup) };
  }

  #unwhole(): Unwhole {
    let begun = 0;
    for (const { isIncluded } of this.#offering.tracker.unfinished()) if (isIncluded) begun++;
    const isQuiet = [...this.#chains.tips].every(
      ([group, { height }]) => height >= (this.#active.get(group) ?? Number.NEGATIVE_INFINITY) + QUIET_BLOCKS,
    );
    return isQuiet ? { lost: begun, underWay: 0 } : { lost: 0, underWay: begun };
  }

  #report(): RunReport {
    const { spec, genesis, versions, watch, clock } = this.#parts;
    const { accounts, workload } = this.#ready;
    return reportOf(this.#offering, {
      spec,
      seed: this.#seed,
      accounts: accounts.length,
      gasLimit: workload.gasLimit,
      recentTps: this.#recentTps,
      network: networkFacts(genesis),
      versions: { ...versions, compiler: toHex(genesis.genesis.compilerHash) },
      self: watch.figures(),
      nowMs: clock.nowMs(),
    });
  }
}

function notJudged({ lost, underWay }: Unwhole, doubled: number): NonNullable<RunReport['gates']> {
  const why = 'not compared: nobody asked';
  const passed = lost === 0 && doubled === 0;
  return { passed, judged: false, supply: why, lost, underWay, doubled, balances: why, balancesChecked: 0 };
}
