// Time a thread or a process had the processor, on a machine that others use too. By the clock where the kernel does not say.
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of this thread's life, less those it was ready to run and another process had the core. */
export function ownMs(): number {
  return performance.now() - (schedstat('/proc/thread-self/schedstat')?.waitedMs ?? 0);
}

export class Stopwatch {
  wallMs = 0;
  ownMs = 0;

  time(act: () => void): void {
    const wall = performance.now();
    const own = ownMs();
    act();
    this.ownMs += ownMs() - own;
    this.wallMs += performance.now() - wall;
  }

  /** Share of the time in which it was ready to run and did not. */
  get waiting(): number {
    return 1 - this.ownMs / this.wallMs;
  }
}

/** Milliseconds all threads of a process have run, undefined where nobody says. */
export function processMs(pid: number): number | undefined {
  const folder = `/proc/${pid}/task`;
  let sum = 0;
  for (const task of entries(folder)) sum += schedstat(`${folder}/${task}/schedstat`)?.ranMs ?? 0;
  return sum === 0 ? undefined : sum;
}

function schedstat(path: string): { readonly ranMs: number; readonly waitedMs: number } | undefined {
  try {
    const [ran, waited] = readFileSync(path, 'utf8').split(' ');
    return { ranMs: Number(ran) / 1e6, waitedMs: Number(waited) / 1e6 };
  } catch {
    // Not Linux, or the thread has just ended.
    return undefined;
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
