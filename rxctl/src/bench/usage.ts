// What processes and the machine used between two moments. It looks at the processes it is given and touches none.
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { MachineReading } from '@rexnet/load/verdict/reading.ts';
import {
  type CoreTimes,
  type Memory,
  parseCoreTimes,
  parseMemory,
  parseProcessTimes,
  parseSchedule,
  parseThrottling,
  type Schedule,
  type Throttling,
} from './proc.ts';

/** A process and what it is there for. */
export interface Watched {
  readonly pid: number;
  /** `node`, `miner`, `generator`, … */
  readonly role: string;
}

/** Everything counted at one moment. */
export interface Snapshot {
  readonly atMs: number;
  readonly cores: CoreTimes;
  readonly throttling: Throttling;
  readonly processes: ReadonlyMap<number, ProcessSnapshot>;
}

interface ProcessSnapshot {
  readonly role: string;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly threads: ReadonlyMap<string, Schedule>;
}

export interface Usage {
  readonly seconds: number;
  /** CPU seconds in the time between, by role. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  readonly machine: MachineReading;
}

/** Wherever the control group of this process may show its throttling. */
const THROTTLING_FILES = ['/sys/fs/cgroup/cpu.stat', '/sys/fs/cgroup/cpu/cpu.stat'] as const;
const NONE: Throttling = { periods: 0, throttled: 0 };
const NO_CORES: CoreTimes = { process: 0, interrupt: 0, idle: 0, steal: 0 };
/** Counted as ours; it watches and is not part of what is measured. */
export const WATCHER = 'rxctl';

export function takeSnapshot(watched: readonly Watched[], nowMs: number): Snapshot {
  const all = [...watched, { pid: process.pid, role: WATCHER }];
  const processes = all.flatMap(({ pid, role }): [number, ProcessSnapshot][] => {
    const times = parseProcessTimes(readOr(`/proc/${pid}/stat`));
    return times === undefined ? [] : [[pid, { role, ...times, threads: threadsOf(pid) }]];
  });
  const throttling = THROTTLING_FILES.map((file) => parseThrottling(readOr(file))).find((each) => each !== undefined);
  return {
    atMs: nowMs,
    cores: parseCoreTimes(readOr('/proc/stat')) ?? NO_CORES,
    throttling: throttling ?? NONE,
    processes: new Map(processes),
  };
}

/** Of all processes together, cheap enough for once a second; those that have ended have none. */
export function memoryOf(watched: readonly Watched[]): Memory {
  const each = watched.flatMap(({ pid }) => parseMemory(readOr(`/proc/${pid}/status`)) ?? []);
  return {
    residentBytes: each.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
    ownBytes: each.reduce((sum, { ownBytes }) => sum + ownBytes, 0),
  };
}

export function usageBetween(from: Snapshot, to: Snapshot): Usage {
  const seconds = (to.atMs - from.atMs) / 1_000;
  const cpuSeconds: Record<string, number> = {};
  let ran = 0;
  let waited = 0;
  for (const [pid, after] of to.processes) {
    const before = from.processes.get(pid);
    const used = after.cpuSeconds - (before?.cpuSeconds ?? 0);
    cpuSeconds[after.role] = (cpuSeconds[after.role] ?? 0) + used;
    if (after.role === WATCHER) continue;
    for (const [thread, schedule] of after.threads) {
      const earlier = before?.threads.get(thread);
      ran += schedule.ran - (earlier?.ran ?? 0);
      waited += schedule.waited - (earlier?.waited ?? 0);
    }
  }
  const ours = Object.values(cpuSeconds).reduce((sum, each) => sum + each, 0);
  return { seconds, cpuSeconds, machine: machineOf(from, to, { ours, waitShare: share(waited, ran + waited) }) };
}

function machineOf(
  from: Snapshot,
  to: Snapshot,
  { ours, waitShare }: { readonly ours: number; readonly waitShare: number },
): MachineReading {
  const of = (pick: (cores: CoreTimes) => number): number => pick(to.cores) - pick(from.cores);
  const processes = of(({ process: each }) => each);
  const interrupts = of(({ interrupt }) => interrupt);
  const steal = of((cores) => cores.steal);
  const total = processes + interrupts + steal + of(({ idle }) => idle);
  return {
    busyShare: share(processes + interrupts, total),
    foreignShare: share(Math.max(0, processes - ours), total),
    stealShare: share(steal, total),
    waitShare,
    throttledShare: share(
      to.throttling.throttled - from.throttling.throttled,
      to.throttling.periods - from.throttling.periods,
    ),
  };
}

/** 0 where nothing was counted. */
function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** A system without /proc counts nothing, and its readings say so by being invalid elsewhere. */
export function canWatch(): boolean {
  return availableParallelism() > 0 && parseCoreTimes(readOr('/proc/stat')) !== undefined;
}

function threadsOf(pid: number): ReadonlyMap<string, Schedule> {
  return new Map(
    threadIds(pid).flatMap((thread): [string, Schedule][] => {
      const schedule = parseSchedule(readOr(`/proc/${pid}/task/${thread}/schedstat`));
      return schedule === undefined ? [] : [[thread, schedule]];
    }),
  );
}

function threadIds(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Processes end while they are looked at. */
function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
