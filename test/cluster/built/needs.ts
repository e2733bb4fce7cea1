// What a machine must have to build and run a cluster without Docker: the programs, the packages of Debian they come in, and the one
// line that installs those. It installs only when told to.
import { existsSync, type StatsFs } from 'node:fs';
import { ClusterError } from '../errors.ts';
import { findProgram, run } from '../program.ts';
import { ROOT } from './folders.ts';

/** Program to package. */
const PROGRAMS: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  'containerd-shim-runc-v2': 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  conntrack: 'conntrack',
  ip: 'iproute2',
  openssl: 'openssl',
  mount: 'mount',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  unshare: 'util-linux',
};
const CNI_FOLDERS = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];
const CNI_PACKAGE = 'containernetworking-plugins';
const CNI_PLUGINS = ['ptp', 'portmap', 'host-local'];
const GO = 'go';
/** A cluster, the images of the tests on three machines, and what nodes write. */
const ROOM_MIN_BYTES = 2 * 1024 ** 3;
const INSTALL_DEADLINE_MS = 600_000;

export type Looking = {
  readonly hasProgram: (name: string) => boolean;
  readonly hasFile: (path: string) => boolean;
};

export const HERE: Looking = {
  hasProgram: (name) => findProgram(name) !== undefined,
  hasFile: existsSync,
};

export type Missing = { readonly programs: readonly string[]; readonly packages: readonly string[] };

/** Go is named like the others, but its package is often too old to be recommended. */
export function missingHere({ hasProgram, hasFile }: Looking, isBuilt: boolean): Missing {
  const programs = Object.keys(PROGRAMS).filter((name) => !hasProgram(name));
  const packages = new Set(programs.map((name) => PROGRAMS[name]!));
  if (cniFolder(hasFile) === undefined) {
    programs.push(`the CNI plugins ${CNI_PLUGINS.join(', ')}`);
    packages.add(CNI_PACKAGE);
  }
  if (!isBuilt && !hasProgram(GO))
    programs.push('go (1.24 or newer, from https://go.dev/dl, in PATH or /usr/local/go)');
  return { programs, packages: [...packages].sort() };
}

export function installLine(packages: readonly string[]): string {
  return `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

export function missingSentence({ programs, packages }: Missing): string {
  const cure = packages.length === 0 ? '' : `; install them with: ${installLine(packages)}`;
  return `a cluster without Docker needs ${programs.join(', ')}${cure}`;
}

/** The folder of the plugins that give pods their network. */
export function cniFolder(hasFile: (path: string) => boolean = existsSync): string | undefined {
  return CNI_FOLDERS.find((folder) => CNI_PLUGINS.every((plugin) => hasFile(`${folder}/${plugin}`)));
}

/** Throws a sentence that names everything missing at once. */
export function requirePrograms(isBuilt: boolean): void {
  const missing = missingHere(HERE, isBuilt);
  if (missing.programs.length > 0) throw new ClusterError('PROGRAMS_MISSING', missingSentence(missing));
}

/** As statfs(2) says it of where a cluster keeps its files. */
export function requireRoom({ bavail, bsize }: Pick<StatsFs, 'bavail' | 'bsize'>): void {
  const free = bavail * bsize;
  if (free >= ROOM_MIN_BYTES) return;
  const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  throw new ClusterError(
    'NO_ROOM',
    `a cluster needs ${gib(ROOM_MIN_BYTES)} free where ${ROOT} is, and there are ${gib(free)}: make room`,
  );
}

/** Where a cluster is required and apt is there, what is missing is installed; nothing happens when nothing is missing. */
export async function installMissing(say: (line: string) => void): Promise<void> {
  const { packages } = missingHere(HERE, true);
  if (packages.length === 0 || !HERE.hasProgram('apt-get')) return;
  say(`installing ${packages.join(', ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env, deadlineMs: INSTALL_DEADLINE_MS });
  await run('apt-get', installLine(packages).split(' ').slice(1), { env, deadlineMs: INSTALL_DEADLINE_MS });
}
