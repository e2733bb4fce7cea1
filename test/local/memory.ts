// Resident memory of processes, looked at while something else runs. Linux only: elsewhere it has seen nothing.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 500;
const MIB = 1024 * 1024;

/** Undefined when the process is gone. */
export function residentMib(pid: number): number | undefined {
  return figure(pid, 'VmRSS');
}

/** Without what is mapped from files: that is the kernel's to take back, and a data file grows with its chain. */
export function ownMib(pid: number): number | undefined {
  return figure(pid, 'RssAnon');
}

function figure(pid: number, name: 'VmRSS' | 'RssAnon'): number | undefined {
  try {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : (Number(kib) * 1024) / MIB;
  } catch {
    return undefined;
  }
}

export type Memory = {
  /** The most each process had, by name. */
  readonly peaks: ReadonlyMap<string, number>;
  /** The most all had together. */
  readonly total: number;
};

/** Looks at the processes `pids` names until `over` is. */
export async function watchMemory(pids: () => ReadonlyMap<string, number>, over: Promise<unknown>): Promise<Memory> {
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  over.then(end, end);
  const peaks = new Map<string, number>();
  let total = 0;
  while (!isOver) {
    let sum = 0;
    for (const [name, pid] of pids()) {
      const mib = residentMib(pid) ?? 0;
      peaks.set(name, Math.max(peaks.get(name) ?? 0, mib));
      sum += mib;
    }
    total = Math.max(total, sum);
    await delay(LOOK_EVERY_MS);
  }
  return { peaks, total };
}
