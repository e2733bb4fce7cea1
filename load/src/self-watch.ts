// The generator watching itself: how late its event loop is, how much processor it takes, how long it waits for a core.
// Reads its own process only; what the figures mean is validity.ts.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What the process knows of itself, without what was sent. */
export interface SelfFigures {
  readonly loopLagP99Ms: number;
  readonly loopLagMaxMs: number;
  readonly cpuShare: number;
  readonly cpuSeconds: number;
  readonly waitShare: number;
}

/** As a port: a run under test has another. */
export interface SelfWatch {
  start(): void;
  /** Figures from then on are those of this moment. */
  stop(): void;
  figures(): SelfFigures;
}

/** How often the loop is looked at: finer would cost what it measures. */
const RESOLUTION_MS = 20;
const NOTHING: SelfFigures = { loopLagP99Ms: 0, loopLagMaxMs: 0, cpuShare: 0, cpuSeconds: 0, waitShare: 0 };

export class ProcessWatch implements SelfWatch {
  readonly #loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #start: { readonly atMs: number; readonly cpu: NodeJS.CpuUsage; readonly waitedMs: number } | undefined;
  #stopped: SelfFigures | undefined;

  start(): void {
    this.#loop.enable();
    this.#start = { atMs: performance.now(), cpu: process.cpuUsage(), waitedMs: waitedMs() };
  }

  stop(): void {
    this.#stopped ??= this.figures();
    this.#loop.disable();
  }

  figures(): SelfFigures {
    if (this.#stopped !== undefined || this.#start === undefined) return this.#stopped ?? NOTHING;
    const { atMs, cpu, waitedMs: before } = this.#start;
    const elapsedMs = Math.max(1, performance.now() - atMs);
    const { user, system } = process.cpuUsage(cpu);
    const cpuSeconds = (user + system) / 1e6;
    return {
      loopLagP99Ms: lagMs(this.#loop.percentile(99)),
      loopLagMaxMs: lagMs(this.#loop.max),
      cpuShare: round((cpuSeconds * 1_000) / elapsedMs),
      cpuSeconds: round(cpuSeconds),
      waitShare: round((waitedMs() - before) / elapsedMs),
    };
  }
}

/** What is recorded is the whole time between two looks. */
function lagMs(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? Math.max(0, Math.round(nanoseconds / 1e6 - RESOLUTION_MS)) : 0;
}

/** Time the main thread was ready to run and did not; 0 where the system does not tell. */
function waitedMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1] ?? 0) / 1e6;
  } catch {
    return 0;
  }
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
