// The load generator as a process beside the network: started with a spec, watched by its report, ended in bounded time.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunReport } from '@rexnet/load/report.ts';
import type { LoadSpecFile } from '@rexnet/load/spec.ts';
import { DEPLOYER_KEY } from '@rexnet/operator/plan/shipped.ts';
import { type ChildSpec, endProcess, logFile, type RunningChild, startChild } from '../local/child.ts';
import { loadChild, PROGRAMS } from '../local/children.ts';
import { readIfThere, writeAtomically } from '../local/files.ts';
import type { Folders } from '../local/folders.ts';
import { tail } from '../local/log-file.ts';
import { signalProcess } from '../local/process-identity.ts';
import { BenchError } from './bench-error.ts';
import type { Watched } from './usage.ts';

/** What a measurement says of its load; files and keys are the network's. */
export type LoadWish = Omit<LoadSpecFile, 'genesis' | 'peers' | 'report' | 'owner'>;

const POLL_MS = 100;
const END_GRACE_MS = 1_000;
const LAST_LINES = 3;

export class GeneratorProcess implements AsyncDisposable {
  readonly #running: RunningChild;
  readonly #folders: Folders;
  readonly #name: string;
  readonly #report: string;
  #exitCode: number | undefined | 'running' = 'running';

  private constructor(running: RunningChild, folders: Folders, name: string, report: string) {
    this.#running = running;
    this.#folders = folders;
    this.#name = name;
    this.#report = report;
    void running.ended.then(({ code }) => {
      this.#exitCode = code;
    });
  }

  static async start(folders: Folders, name: string, wish: LoadWish): Promise<GeneratorProcess> {
    const specPath = join(folders.root, `${name}.json`);
    const report = join(folders.root, `${name}-report.json`);
    const spec: LoadSpecFile = {
      genesis: folders.genesis,
      peers: folders.peers,
      report,
      progress: join(folders.logs, `${name}-progress.log`),
      owner: DEPLOYER_KEY,
      ...wish,
    };
    // What an earlier one said on this network is no answer.
    rmSync(report, { force: true });
    writeAtomically(specPath, `${JSON.stringify(spec, undefined, 2)}\n`);
    const usual = loadChild(folders, PROGRAMS);
    const args = usual.args.map((word) => (word === folders.loadSpec ? specPath : word));
    const child: ChildSpec = { ...usual, name, args };
    return new GeneratorProcess(await startChild(child, folders), folders, name, report);
  }

  get process(): Watched {
    return { pid: this.#running.identity.pid, role: 'generator' };
  }

  get report(): RunReport | undefined {
    const text = readIfThere(this.#report);
    return text === undefined ? undefined : (JSON.parse(text) as RunReport);
  }

  /** Resolves with the first report in which something was offered. */
  async offering(withinMs: number, signal: AbortSignal): Promise<RunReport> {
    return this.#until(withinMs, signal, 'nothing was offered', ({ offered }) => offered > 0);
  }

  /** Resolves with the last report. */
  async finished(withinMs: number, signal: AbortSignal): Promise<RunReport> {
    return this.#until(withinMs, signal, 'it did not finish', ({ done }) => done);
  }

  /** Resolves when the process has ended well. */
  async ended(withinMs: number, signal: AbortSignal): Promise<void> {
    const deadlineMs = performance.now() + withinMs;
    while (this.#exitCode === 'running') {
      if (performance.now() > deadlineMs) throw this.#failure('it did not end', withinMs);
      await delay(POLL_MS, undefined, { signal });
    }
    if (this.#exitCode !== 0) throw this.#failure('it failed', withinMs);
  }

  /** It offers no more, waits for what is under way, and writes its last report. */
  tellToStop(): void {
    signalProcess(this.#running.identity, 'SIGTERM');
  }

  async close(): Promise<void> {
    if (this.#exitCode === 'running') await endProcess(this.#running.identity, END_GRACE_MS);
    await this.#running.ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #until(
    withinMs: number,
    signal: AbortSignal,
    otherwise: string,
    holds: (report: RunReport) => boolean,
  ): Promise<RunReport> {
    const deadlineMs = performance.now() + withinMs;
    for (;;) {
      const hasEnded = this.#exitCode !== 'running';
      const { report } = this;
      if (report !== undefined && holds(report)) return report;
      if (hasEnded || performance.now() > deadlineMs) throw this.#failure(otherwise, withinMs);
      await delay(POLL_MS, undefined, { signal });
    }
  }

  #failure(what: string, withinMs: number): BenchError {
    const said = tail(logFile(this.#folders, this.#name), LAST_LINES).join(' | ');
    const how = this.#exitCode === 'running' ? `within ${withinMs / 1_000} s` : `it ended with ${this.#exitCode}`;
    return new BenchError(`generator: ${what}, ${how}${said === '' ? '' : `; it said: ${said}`}`);
  }
}
