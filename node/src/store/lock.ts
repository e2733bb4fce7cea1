// One process per data folder: a LOCK file with the pid and start time of its holder, so that a reused pid never counts.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './errors.ts';

/** Start time of a process in clock ticks since boot (field 22 of /proc/PID/stat); empty where /proc is missing. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isRunning(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return startOf(pid) === start;
}

/** Pid of the living process that holds `dir`, undefined when nobody does. */
export function holderOf(dir: string): number | undefined {
  try {
    const [pid = '', start = ''] = readFileSync(join(dir, 'LOCK'), 'utf8').trim().split(' ');
    return isRunning(Number(pid), start) ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the lock of `dir`; answers how to give it back. */
export function lock(dir: string): () => void {
  const path = join(dir, 'LOCK');
  const mine = `${process.pid} ${startOf(process.pid)}\n`;
  for (const attempt of [1, 2]) {
    try {
      writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (cause) {
      const [pid = '', start = ''] = readFileSync(path, 'utf8').trim().split(' ');
      const holder = Number(pid);
      if (attempt === 2 || isRunning(holder, start)) {
        throw new StoreError(
          'LOCKED',
          `the data folder ${dir} is in use by process ${pid}`,
          'stop that process first',
          cause,
        );
      }
      rmSync(path, { force: true });
    }
  }
  throw new StoreError('LOCKED', `the data folder ${dir} cannot be locked`, 'stop the process that uses it');
}
