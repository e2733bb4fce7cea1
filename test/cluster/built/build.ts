// Builds the programs of a cluster from Go modules, once: they are kept under the hash of everything they are made of. It asks the
// network for what is not in Go's own caches.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClusterError, reasonOf } from '../errors.ts';
import { run } from '../program.ts';
import { cacheFolder } from './folders.ts';

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), '..', 'go');
/** Links to the one binary that is all of them. */
const KUBE_NAMES = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubectl',
  'kubelet',
];
const BUILD_DEADLINE_MS = 30 * 60_000;
const ABANDONED_AFTER_MS = 2 * BUILD_DEADLINE_MS;
const BUILDING = '.building-';
const PROGRESS_EVERY_MS = 10_000;
const VERSION_PACKAGE = 'k8s.io/component-base/version';
const HASH_CHARS = 12;

/** Order matters only for what a person sees first. */
export const GO_PROGRAMS = ['pause', 'coredns', 'kube'] as const;
export type GoProgram = (typeof GO_PROGRAMS)[number];

/** The release that a go.mod requires, such as 1.34.4. */
export function kubernetesVersion(goMod: string): string {
  const match = /k8s\.io\/kubernetes v([\d.]+)/.exec(goMod);
  if (match === null) throw new Error('the go.mod of kube requires no release of k8s.io/kubernetes');
  return match[1]!;
}

/** What a server of Kubernetes says its version is; clients refuse one that says none. */
export function linkerFlags(program: GoProgram, version: string): string {
  const [major, minor] = version.split('.');
  const facts = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  const set = Object.entries(facts).map(([name, value]) => `-X ${VERSION_PACKAGE}.${name}=${value}`);
  return ['-s', '-w', ...(program === 'kube' ? set : [])].join(' ');
}

/** Where the programs of this version of the sources are or will be. */
export function programsFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const program of GO_PROGRAMS)
    for (const file of readdirSync(join(SOURCES, program)).sort())
      hash.update(`${program}/${file}\n`).update(readFileSync(join(SOURCES, program, file)));
  const version = kubernetesVersion(readFileSync(join(SOURCES, 'kube', 'go.mod'), 'utf8'));
  return join(cacheFolder(env), `kubernetes-${version}-${hash.digest('hex').slice(0, HASH_CHARS)}`);
}

export function isBuilt(): boolean {
  return existsSync(programsFolder());
}

/** The folder of the programs, built first when it is not there. */
export async function buildPrograms(say: (line: string) => void): Promise<string> {
  const folder = programsFolder();
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  removeAbandoned(dirname(folder));
  // Beside its destination: it appears whole or not at all, and two who build at once do no harm.
  const work = mkdtempSync(`${folder}${BUILDING}`);
  try {
    say('building Kubernetes from Go modules; about five minutes of two processors, once');
    for (const program of GO_PROGRAMS) await build(program, work, say);
    for (const name of KUBE_NAMES) symlinkSync('kube', join(work, name));
    if (!existsSync(folder)) renameSync(work, folder);
    return folder;
  } catch (error) {
    throw new ClusterError('BUILD_FAILED', `Kubernetes cannot be built: ${reasonOf(error)}`, { cause: error });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What builds left that were killed: no build takes as long. */
function removeAbandoned(cache: string): void {
  for (const name of readdirSync(cache).filter((each) => each.includes(BUILDING))) {
    const path = join(cache, name);
    const { mtimeMs } = statSync(path);
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) rmSync(path, { recursive: true, force: true });
  }
}

async function build(program: GoProgram, into: string, say: (line: string) => void): Promise<void> {
  const cwd = join(SOURCES, program);
  const version = kubernetesVersion(readFileSync(join(SOURCES, 'kube', 'go.mod'), 'utf8'));
  const begun = performance.now();
  let compiled = 0;
  let doing = 'reading its modules';
  const progress = setInterval(() => say(`${program}: ${doing}, ${seconds(begun)} s`), PROGRESS_EVERY_MS);
  try {
    await run(
      'go',
      ['build', '-v', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags(program, version), '-o', into, '.'],
      {
        cwd,
        env: { CGO_ENABLED: '0' },
        deadlineMs: BUILD_DEADLINE_MS,
        onLine: (line) => {
          if (line.startsWith('go: ')) doing = line.slice('go: '.length);
          else doing = `${++compiled} packages compiled`;
        },
      },
    );
  } finally {
    clearInterval(progress);
  }
  say(`${program}: built in ${seconds(begun)} s`);
}

function seconds(begun: number): string {
  return ((performance.now() - begun) / 1_000).toFixed(0);
}
