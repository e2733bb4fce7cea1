// Takes a built cluster away, whole or in pieces: everything is found by its fixed name or its recorded process, so it does not matter
// how far `up` came or how it ended.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, readIdentity, signalProcess } from '../../../rxctl/src/local/process-identity.ts';
import { until } from '../../local/until.ts';
import { ClusterError } from '../errors.ts';
import { firstProcessOf } from './box.ts';
import { ourCgroups, removeCgroups } from './cgroups.ts';
import { exclusively } from './exclusive.ts';
import { FOLDERS, INSIDE, ROOT } from './folders.ts';
import { ourLinks, removeNetwork } from './network.ts';
import { findCluster, otherUser } from './record.ts';

const END_MAX_MS = 15_000;
const REMOVE_RETRIES = 10;

/** Ends whatever there is of a cluster, but not under the tests of somebody else; says whether there was any. */
export function bringDown(): Promise<boolean> {
  return exclusively(async () => {
    const found = findCluster();
    const other = otherUser(found);
    const isOurs = found.kind === 'up' && found.record.opener === undefined;
    if (other !== undefined && !isOurs) throw new ClusterError('ALREADY_UP', other);
    const wasThere = leftHere().length > 0;
    await removeEverything();
    return wasThere;
  });
}

export async function removeEverything(): Promise<void> {
  await endProcesses();
  await removeCgroups();
  await removeNetwork();
  // Overlays of a box are unmounted when the kernel gets to it.
  rmSync(ROOT, { recursive: true, force: true, maxRetries: REMOVE_RETRIES });
  const left = leftHere();
  if (left.length > 0) throw new ClusterError('LEFT_SOMETHING', `a cluster was ended and left ${left.join(', ')}`);
}

/** What of a cluster is on this machine: processes, mounts, control groups, network, files. */
export function leftHere(): readonly string[] {
  return [
    ...(existsSync(ROOT) ? [ROOT] : []),
    ...ourLinks().map((link) => `the network interface ${link}`),
    ...ourCgroups(),
    ...mountsBelow(readFileSync('/proc/self/mountinfo', 'utf8'), ROOT).map((path) => `the mount ${path}`),
    ...processesOf(`${INSIDE.bin}/`).map((pid) => `process ${pid}`),
  ];
}

/** Mount points under a folder, from the text of /proc/PID/mountinfo (proc(5)): the fifth field. */
export function mountsBelow(mountinfo: string, folder: string): readonly string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path === folder || path.startsWith(`${folder}/`));
}

function processesOf(program: string): readonly string[] {
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(program);
    } catch {
      return false;
    }
  });
}

/** A box's first process is gone only when all its others are. */
async function endProcesses(): Promise<void> {
  const recorded = (existsSync(FOLDERS.run) ? readdirSync(FOLDERS.run) : [])
    .filter((file) => file.endsWith('.pid'))
    .flatMap((file) => readIdentity(join(FOLDERS.run, file)) ?? [])
    .filter(isAlive);
  const all = recorded.flatMap((holder) => [holder, identify(firstProcessOf(holder) ?? 0) ?? holder]);
  for (const identity of recorded) signalProcess(identity, 'SIGKILL');
  await until({
    what: 'the end of all boxes',
    withinMs: END_MAX_MS,
    look: () => all.filter(isAlive),
    holds: (alive) => alive.length === 0,
  });
}
