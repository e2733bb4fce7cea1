// Reads what Linux counts of processes and cores (proc(5)). Text in, numbers out; it opens no file.

/** Clock ticks a second in /proc; the kernel's ABI fixes it for user space (USER_HZ). */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Of all cores since the boot, in seconds. */
export interface CoreTimes {
  /** In processes. */
  readonly process: number;
  /** In interrupts, which nobody is charged for. */
  readonly interrupt: number;
  readonly idle: number;
  readonly steal: number;
}

export interface Memory {
  readonly residentBytes: number;
  /** Without what is mapped from files: that is the kernel's to take back, and a data file grows with its chain. */
  readonly ownBytes: number;
}

export interface ProcessTimes {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** Of one thread, in seconds. */
export interface Schedule {
  readonly ran: number;
  /** Ready to run, without a core. */
  readonly waited: number;
}

export interface Throttling {
  readonly periods: number;
  readonly throttled: number;
}

/** /proc/stat. */
export function parseCoreTimes(text: string): CoreTimes | undefined {
  const line = text.split('\n').find((each) => each.startsWith('cpu '));
  const values = line?.trim().split(/\s+/).slice(1).map(Number);
  const [user, nice, system, idle, iowait = 0, irq = 0, softirq = 0, steal = 0] = values ?? [];
  if (user === undefined || nice === undefined || system === undefined || idle === undefined) return undefined;
  const seconds = (ticks: number): number => ticks / TICKS_PER_SECOND;
  return {
    process: seconds(user + nice + system),
    interrupt: seconds(irq + softirq),
    idle: seconds(idle + iowait),
    steal: seconds(steal),
  };
}

const KIB = 1024;

/** /proc/PID/status. */
export function parseMemory(text: string): Memory | undefined {
  const bytesOf = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * KIB;
  const memory = { residentBytes: bytesOf('VmRSS'), ownBytes: bytesOf('RssAnon') };
  return Number.isNaN(memory.residentBytes + memory.ownBytes) ? undefined : memory;
}

const UTIME_INDEX = 11;
const STIME_INDEX = 12;
const RSS_INDEX = 21;

/** /proc/PID/stat; fields are counted after the command's closing parenthesis. */
export function parseProcessTimes(text: string): ProcessTimes | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system, pages] = [UTIME_INDEX, STIME_INDEX, RSS_INDEX].map((index) => Number(fields[index]));
  if (user === undefined || system === undefined || pages === undefined || Number.isNaN(user + system + pages))
    return undefined;
  return { cpuSeconds: (user + system) / TICKS_PER_SECOND, rssBytes: pages * PAGE_BYTES };
}

/** /proc/PID/task/TID/schedstat. */
export function parseSchedule(text: string): Schedule | undefined {
  const [ran, waited] = text.trim().split(' ').map(Number);
  if (ran === undefined || waited === undefined || Number.isNaN(ran + waited)) return undefined;
  return { ran: ran / 1e9, waited: waited / 1e9 };
}

/** cpu.stat of a control group, of either version. */
export function parseThrottling(text: string): Throttling | undefined {
  const value = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  const found = { periods: value('nr_periods'), throttled: value('nr_throttled') };
  return Number.isNaN(found.periods + found.throttled) ? undefined : found;
}
