// A box is what stands for a computer: namespaces of its own for mounts, network, names, messages and processes, held by one
// process. When that one ends, everything in the box ends with it. It knows nothing of Kubernetes.
import { mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type ChildSpec, pidFile, type RunningChild, startChild } from '../../../rxctl/src/local/child.ts';
import { isAlive, type ProcessIdentity, readIdentity } from '../../../rxctl/src/local/process-identity.ts';
import { until } from '../../local/until.ts';
import { ClusterError } from '../errors.ts';
import { type RunOptions, run, SEARCH_PATH } from '../program.ts';
import type { Command } from './commands.ts';
import { boxTmp, boxVar, FOLDERS, INSIDE, seenFromHere } from './folders.ts';

/** With whom a box ends at the latest: with the process that opened it, or with `down`. */
export type Lifetime = 'opener' | 'down';

const OPEN_MAX_MS = 10_000;
const SPACES = ['mnt', 'net', 'uts', 'ipc', 'pid_for_children'];

/** Run inside a new box: what it sees of this machine, and what it does not. Where we keep its folders is out of sight at the end. */
const FURNISH = `set -e
mount --make-rshared /
mount --bind "$1" "$2${INSIDE.bin.slice('/var'.length)}"
mount --bind "$5" "$2${INSIDE.network.slice('/var'.length)}"
mount --bind "$3" /tmp
mount --rbind "$2" /var
mount -t tmpfs -o mode=755 tmpfs /run
echo "$4" > /proc/sys/kernel/hostname
echo 1 > /proc/sys/net/ipv4/ip_forward
ip link set lo up
`;

/** The process that holds a box, undefined when it is not open. */
export function holderOf(box: string): ProcessIdentity | undefined {
  const identity = readIdentity(pidFile(FOLDERS, box));
  return identity !== undefined && isAlive(identity) ? identity : undefined;
}

/** The first process in a box: it is gone when all are. */
export function firstProcessOf({ pid }: ProcessIdentity): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    return first === undefined || first === 0 ? undefined : first;
  } catch {
    return undefined;
  }
}

export async function openBox(box: string, programs: string, lifetime: Lifetime): Promise<RunningChild> {
  const folders = [join(boxVar(box), 'log'), join(boxVar(box), 'tmp'), boxTmp(box), FOLDERS.network];
  const places = [INSIDE.bin, INSIDE.network].map((inside) => seenFromHere(box, inside));
  for (const folder of [...folders, ...places]) mkdirSync(folder, { recursive: true });
  symlinkSync('/run', join(boxVar(box), 'run'));
  const holder = await startChild(holderSpec(box, programs, lifetime), FOLDERS);
  await until({
    what: `the namespaces of ${box}`,
    withinMs: OPEN_MAX_MS,
    look: () => isOpen(holder.identity),
    holds: (open) => open,
  });
  await runIn(box, '/bin/sh', ['-c', FURNISH, 'furnish', programs, boxVar(box), boxTmp(box), box, FOLDERS.network]);
  return holder;
}

function holderSpec(box: string, programs: string, lifetime: Lifetime): ChildSpec {
  const unshare = [
    'unshare',
    ...['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'],
    join(programs, 'pause'),
  ];
  const words = lifetime === 'opener' ? ['setpriv', '--pdeathsig', 'KILL', ...unshare] : unshare;
  return specOf(box, words);
}

function specOf(name: string, [command = '', ...args]: readonly string[]): ChildSpec {
  return { name, command, args, env: { PATH: SEARCH_PATH }, leftover: 'end', restart: 'once' };
}

/** Whoever enters a box before its first process runs becomes that process. */
function isOpen(holder: ProcessIdentity): boolean {
  const first = firstProcessOf(holder);
  if (first === undefined) return false;
  try {
    return (
      readFileSync(`/proc/${first}/comm`, 'utf8').trim() === 'pause' &&
      readlinkSync(`/proc/${first}/ns/mnt`) !== readlinkSync('/proc/self/ns/mnt')
    );
  } catch {
    return false;
  }
}

/** The words before a command that make it run in a box. */
function entering(box: string): readonly string[] {
  const holder = holderOf(box);
  if (holder === undefined) throw new ClusterError('NOT_UP', `${box} is not up: npm run cluster up`);
  const spaces = SPACES.map((space) => `/proc/${holder.pid}/ns/${space}`);
  const [mount, net, uts, ipc, pid] = spaces;
  return ['nsenter', `--mount=${mount}`, `--net=${net}`, `--uts=${uts}`, `--ipc=${ipc}`, `--pid=${pid}`, '--'];
}

export function runIn(
  box: string,
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const [enter = '', ...rest] = entering(box);
  // The folder we are in may not be there.
  return run(enter, [...rest, command, ...args], {
    cwd: '/',
    name: `${command} ${args.join(' ')} on ${box}`,
    ...options,
  });
}

export function programName(box: string, program: string): string {
  return `${box}-${program}`;
}

/** Starts a program that goes on running; its output goes to the log of its name. */
export function startIn(box: string, { name, command, args }: Command): Promise<RunningChild> {
  const noted = ['/bin/sh', '-c', 'echo $$ > "/run/$0.pid" && cd / && exec "$@"', name, command, ...args];
  return startChild(specOf(programName(box, name), [...entering(box), ...noted]), FOLDERS);
}

/** Ends a program at once, as a crash would; nothing happens when it does not run. */
export async function killIn(box: string, program: string): Promise<void> {
  // Its number is forgotten first: it may soon be another's.
  const kill = 'pid=$(cat "/run/$0.pid" 2>/dev/null) && rm "/run/$0.pid" && kill -9 "$pid" 2>/dev/null || true';
  await runIn(box, '/bin/sh', ['-c', kill, program]);
  const entered = readIdentity(pidFile(FOLDERS, programName(box, program)));
  await until({
    what: `the end of ${program} on ${box}`,
    withinMs: OPEN_MAX_MS,
    look: () => entered !== undefined && isAlive(entered),
    holds: (lives) => !lives,
  });
  rmSync(pidFile(FOLDERS, programName(box, program)), { force: true });
}
