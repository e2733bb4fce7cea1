// What a process and the machine use of processor and memory, from two looks. It reads /proc, or asks ps where there is none.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, freemem, hostname, totalmem } from 'node:os';

export type ProcessUse = { readonly cpuShare?: number; readonly rssBytes: number };
type Look = { readonly atMs: number; readonly cpuMs: number };
type Reading = { readonly cpuMs: number; readonly rssBytes: number };

const HAS_PROC = existsSync('/proc/self/stat');
/** USER_HZ is 100 wherever there is a /proc. */
const TICK_MS = 10;
/** After the command's closing parenthesis, proc(5). */
const UTIME_INDEX = 11;
const STIME_INDEX = 12;

/** Remembers the last look at every process. */
export class ProcessMeter {
  #looks = new Map<number, Look>();

  /** Processes that are gone are left out. */
  look(pids: readonly number[], atMs: number): ReadonlyMap<number, ProcessUse> {
    const looks = new Map<number, Look>();
    const uses = new Map<number, ProcessUse>();
    for (const [pid, { cpuMs, rssBytes }] of readingsOf(pids)) {
      const before = this.#looks.get(pid);
      const cpuShare = before === undefined ? undefined : shareOf(cpuMs - before.cpuMs, atMs - before.atMs);
      looks.set(pid, { atMs, cpuMs });
      uses.set(pid, { rssBytes, ...(cpuShare === undefined ? {} : { cpuShare }) });
    }
    this.#looks = looks;
    return uses;
  }
}

export type MachineUse = {
  readonly name: string;
  readonly cores: number;
  readonly cpuShare?: number;
  readonly memoryBytes: number;
  readonly memoryUsedBytes: number;
};

/** This machine, all of its processes. */
export class MachineMeter {
  readonly name: string = hostname();
  #before: { readonly busyMs: number; readonly allMs: number } | undefined;

  look(): MachineUse {
    const cores = cpus();
    const allMs = cores.reduce((sum, { times }) => sum + Object.values(times).reduce((a, b) => a + b, 0), 0);
    const busyMs = allMs - cores.reduce((sum, { times }) => sum + times.idle, 0);
    const cpuShare =
      this.#before === undefined ? undefined : shareOf(busyMs - this.#before.busyMs, allMs - this.#before.allMs);
    this.#before = { busyMs, allMs };
    const memoryBytes = totalmem();
    return {
      name: this.name,
      cores: cores.length,
      ...(cpuShare === undefined ? {} : { cpuShare }),
      memoryBytes,
      memoryUsedBytes: memoryBytes - freemem(),
    };
  }
}

function shareOf(part: number, whole: number): number | undefined {
  return whole <= 0 || part < 0 ? undefined : part / whole;
}

function readingsOf(pids: readonly number[]): ReadonlyMap<number, Reading> {
  return HAS_PROC ? readingsByProc(pids) : readingsByPs(pids);
}

function readingsByProc(pids: readonly number[]): ReadonlyMap<number, Reading> {
  const readings = new Map<number, Reading>();
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const cpuMs = (Number(fields[UTIME_INDEX]) + Number(fields[STIME_INDEX])) * TICK_MS;
      // Here in KiB whatever the size of a page; absent for a process that is ending.
      const rss = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      readings.set(pid, { cpuMs, rssBytes: Number(rss ?? 0) * 1_024 });
    } catch {
      // Gone between two looks.
    }
  }
  return readings;
}

function readingsByPs(pids: readonly number[]): ReadonlyMap<number, Reading> {
  const readings = new Map<number, Reading>();
  if (pids.length === 0) return readings;
  try {
    const text = execFileSync('ps', ['-o', 'pid=,rss=,time=', '-p', pids.join(',')], { encoding: 'utf8' });
    for (const line of text.split('\n')) {
      const [pid, rssKib, time] = line.trim().split(/\s+/);
      if (time !== undefined) readings.set(Number(pid), { cpuMs: cpuMsOf(time), rssBytes: Number(rssKib) * 1_024 });
    }
  } catch {
    // ps says so with its exit code when none of them lives.
  }
  return readings;
}

/** `[[dd-]hh:]mm:ss[.ff]` */
function cpuMsOf(time: string): number {
  const [days, clock] = time.includes('-') ? time.split('-') : ['0', time];
  const seconds = (clock ?? '0').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1_000;
}
