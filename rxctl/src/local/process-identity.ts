// Tells one process from another that got the same number later: a pid together with the moment it was started.
// It ends nothing and starts nothing.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export type ProcessIdentity = { readonly pid: number; readonly startedAt: string };

const HAS_PROC = existsSync('/proc/self/stat');
const BOOT_ID = HAS_PROC ? bootId() : '';
/** Field 22 of /proc/PID/stat (proc(5)): start time in clock ticks since boot; counted after the command's closing parenthesis. */
const START_TIME_INDEX = 19;
const STATE_INDEX = 0;

/**
 * Runs before the program in the child itself, so that no instant exists at which a child runs and is not on record:
 * whoever is killed between starting a child and writing its number would leave a stranger. `exec` keeps pid and start time.
 */
export const RECORDING_SHELL = HAS_PROC
  ? 'boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null); id() { shift 21; echo "$$ $1@$boot"; }; id $(cat /proc/$$/stat) > "$0.new" && mv "$0.new" "$0" && exec "$@"'
  : '{ printf "%s " $$; ps -o lstart= -p $$; } > "$0.new" && mv "$0.new" "$0" && exec "$@"';

/** The process as it is now, undefined when there is none (a zombie is none). */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  return HAS_PROC ? identifyByProc(pid) : identifyByPs(pid);
}

/** Ticks count from the boot, so they mean something only together with it. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function identifyByProc(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields[START_TIME_INDEX];
    const isOver = fields[STATE_INDEX] === 'Z' || fields[STATE_INDEX] === 'X';
    return ticks === undefined || isOver ? undefined : { pid, startedAt: `${ticks}@${BOOT_ID}` };
  } catch {
    return undefined;
  }
}

function identifyByPs(pid: number): ProcessIdentity | undefined {
  try {
    const startedAt = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return startedAt === '' ? undefined : { pid, startedAt };
  } catch {
    return undefined;
  }
}

/** What a pid file says, undefined when it is missing or damaged. */
export function readIdentity(path: string): ProcessIdentity | undefined {
  try {
    const match = /^(\d+) (.+)$/.exec(readFileSync(path, 'utf8').trim());
    if (match === null) return undefined;
    const [, pid = '', startedAt = ''] = match;
    return { pid: Number(pid), startedAt: startedAt.trim() };
  } catch {
    return undefined;
  }
}

export function formatIdentity({ pid, startedAt }: ProcessIdentity): string {
  return `${pid} ${startedAt}\n`;
}

/** True while exactly this process lives. */
export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return identify(pid)?.startedAt === startedAt;
}

/** Sends a signal to exactly this process, never to another that took its number; false when it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
}
