// Keeps the load of a running network as it is wished: starts the generator, tells it another rate, lets it end in order. The
// generator's process is the supervisor's; what is wished is said by files.
import { rmSync } from 'node:fs';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import { type LoadPlan, wantedLoad } from '@rexnet/operator/plan/load.ts';
import type { ChildSpec } from './child.ts';
import type { Folders } from './folders.ts';
import { DRAIN_SECONDS, readLoadWish, tellGenerator, writeLoadSpec } from './load.ts';
import type { Supervisor } from './supervisor.ts';

export type LoadKeeperParts = {
  readonly testnet: Testnet;
  readonly folders: Folders;
  readonly supervisor: Pick<Supervisor, 'ensure' | 'stop' | 'states'>;
  /** The generator's process. */
  readonly child: ChildSpec;
  /** How long the load goes on; absent means until it is told to stop. */
  readonly seconds?: number;
  readonly nowMs: () => number;
  readonly onNote: (line: string) => void;
};

const NAME = 'load';
/** Its own drain, comparing balances, and then some. */
const END_MAX_MS = (DRAIN_SECONDS + 30) * 1_000;

export class LoadKeeper {
  readonly #parts: LoadKeeperParts;
  #running: LoadPlan | undefined;
  /** When it was told to end. */
  #endingMs: number | undefined;

  constructor(parts: LoadKeeperParts) {
    this.#parts = parts;
  }

  /** One step towards what is wished; called again and again. */
  async reconcile(): Promise<void> {
    const { testnet, folders, seconds } = this.#parts;
    // A run that ends by itself is a measurement: nobody changes it underway.
    const wanted = wantedLoad(testnet, seconds === undefined ? readLoadWish(folders) : undefined);
    const running = this.#running;
    if (this.#endingMs !== undefined) return this.#ended();
    if (running === undefined) return wanted === undefined ? undefined : this.#start(wanted);
    if (wanted === undefined || !isSameKind(wanted, running)) return this.#end();
    if (wanted.tps !== running.tps) this.#setRate(wanted);
  }

  async #start(plan: LoadPlan): Promise<void> {
    const { folders, supervisor, child, seconds } = this.#parts;
    rmSync(folders.loadReport, { force: true });
    rmSync(folders.loadControl, { force: true });
    writeLoadSpec(folders, plan, seconds);
    this.#running = plan;
    await supervisor.ensure(child);
  }

  #setRate(plan: LoadPlan): void {
    const { folders, onNote } = this.#parts;
    onNote(`load: ${plan.tps} transactions a second from now on`);
    // A generator that is started again reads the spec.
    writeLoadSpec(folders, plan, undefined);
    tellGenerator(folders, { tps: plan.tps });
    this.#running = plan;
  }

  #end(): void {
    const { folders, nowMs, onNote } = this.#parts;
    onNote('load: told to end, waits for what is under way');
    tellGenerator(folders, { stop: true });
    this.#endingMs = nowMs();
  }

  async #ended(): Promise<void> {
    const { supervisor, nowMs } = this.#parts;
    const isDone = supervisor.states().every(({ name, process }) => name !== NAME || process !== 'Running');
    if (!isDone && nowMs() < (this.#endingMs ?? 0) + END_MAX_MS) return;
    await supervisor.stop(NAME);
    this.#endingMs = undefined;
    this.#running = undefined;
  }
}

function isSameKind(a: LoadPlan, b: LoadPlan): boolean {
  return a.workload === b.workload && a.crossGroupPercent === b.crossGroupPercent;
}
