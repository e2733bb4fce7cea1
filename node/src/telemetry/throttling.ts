// How often the kernel stopped this process for having used up its share of the processor: cpu.stat of its own control group, as a
// container sees it. It reads, and judges nothing.
import { readFileSync } from 'node:fs';

/** Since the control group was made. */
export interface Throttling {
  /** In which it wanted to run. */
  readonly periods: number;
  /** In which it was stopped. */
  readonly throttled: number;
}

/** Of version 2 and of version 1. */
const FILES = ['/sys/fs/cgroup/cpu.stat', '/sys/fs/cgroup/cpu/cpu.stat'] as const;
const NONE: Throttling = { periods: 0, throttled: 0 };

/** Zeros where there is no limit, and where the system does not tell. */
export function readThrottling(files: readonly string[] = FILES): Throttling {
  for (const file of files) {
    const found = parseThrottling(readOr(file));
    if (found !== undefined) return found;
  }
  return NONE;
}

/** cpu.stat of either version; undefined for that of a group that cannot have a limit. */
export function parseThrottling(text: string): Throttling | undefined {
  const value = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  const found = { periods: value('nr_periods'), throttled: value('nr_throttled') };
  return Number.isNaN(found.periods + found.throttled) ? undefined : found;
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
