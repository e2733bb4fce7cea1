// Fetches a package and the shared libraries its programs load from the Debian mirror this machine already uses, into one
// folder. Nothing is installed and no system setting is read but the mirror's address: apt works on a private, empty state.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { arch } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Everything is there; libc comes along, so the suite of the machine does not matter. */
const SUITE = 'sid';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const STEP_DEADLINE_MS = 120_000;
const OUTPUT_BYTES_MAX = 8 * 1024 * 1024;

/** Debian's name of each processor, and the loader through which a foreign libc's programs are started. */
const MACHINES: Record<string, { readonly debian: string; readonly triplet: string; readonly loader: string }> = {
  x64: { debian: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { debian: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

export interface DebianPackage {
  readonly name: string;
  /** Of its `/usr/bin`, those that are wanted; the first says its version when asked. */
  readonly programs: readonly [string, ...string[]];
  /** Which of all it declares to need its programs really load. */
  readonly isNeeded: (dependency: string) => boolean;
  /** Satisfy a dependency that would otherwise pull in much more. */
  readonly instead?: readonly string[];
  /** Paths in it that its programs do not need; `TRIPLET` stands for the machine's. */
  readonly needlessPaths: readonly string[];
}

export interface FetchOptions {
  /** Replaced as a whole when the fetch succeeds, untouched when it fails. */
  readonly dir: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

export type Fetched =
  | { readonly kind: 'fetched'; readonly command: string }
  | { readonly kind: 'absent'; readonly reason: string };

export async function fetchPackage(wanted: DebianPackage, options: FetchOptions): Promise<Fetched> {
  const [program] = wanted.programs;
  const absent = (reason: string): Fetched => ({ kind: 'absent', reason: `no ${program}: ${reason}` });
  const machine = process.platform === 'linux' ? MACHINES[arch()] : undefined;
  if (machine === undefined) return absent(`Debian has no package for ${process.platform}/${arch()}`);
  const shell: Shell = { log: options.log, ...(options.signal === undefined ? {} : { signal: options.signal }) };
  const mirror = await debianMirror(shell);
  if (mirror === undefined) return absent('this machine has no apt with a Debian mirror');
  await mkdir(dirname(options.dir), { recursive: true });
  // Beside the destination, so that the last step is a rename within one file system.
  const work = await mkdtemp(`${options.dir}.fetch-`);
  try {
    const root = join(work, 'root');
    await download(shell, wanted, { work, root, mirror, debian: machine.debian });
    for (const path of wanted.needlessPaths)
      await rm(join(root, path.replace('TRIPLET', machine.triplet)), { recursive: true, force: true });
    await writeStarters(root, wanted.programs, machine);
    const version = await run(join(root, 'run', program), ['--version'], { timeout: STEP_DEADLINE_MS });
    options.log(`${version.stdout}${version.stderr}`.trim().split('\n', 1)[0] ?? '');
    await rm(options.dir, { recursive: true, force: true });
    await rename(root, options.dir);
    return { kind: 'fetched', command: join(options.dir, 'run', program) };
  } catch (error) {
    options.signal?.throwIfAborted();
    return absent(`fetching ${wanted.name} from ${mirror} failed: ${reasonOf(error)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Shell {
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The first mirror apt is configured with that carries Debian itself. */
async function debianMirror(shell: Shell): Promise<string | undefined> {
  try {
    const { stdout } = await run('apt-get', ['indextargets', '--format', '$(SITE)', 'Created-By: Packages'], {
      timeout: STEP_DEADLINE_MS,
      ...shell,
    });
    const sites = stdout.split('\n').map((line) => line.trim());
    return sites.filter((site) => /^https?:/.test(site) && !site.endsWith('-security')).sort()[0];
  } catch {
    return undefined;
  }
}

interface Download {
  readonly work: string;
  readonly root: string;
  readonly mirror: string;
  readonly debian: string;
}

async function download(
  shell: Shell,
  { name: wanted, isNeeded, instead = [] }: DebianPackage,
  { work, root, mirror, debian }: Download,
): Promise<void> {
  const folders = ['lists/partial', 'cache/archives/partial', 'state', 'debs', 'root'];
  for (const folder of folders) await mkdir(join(work, folder), { recursive: true });
  await writeFile(join(work, 'state/status'), '');
  await writeFile(join(work, 'sources.list'), `deb [arch=${debian} signed-by=${KEYRING}] ${mirror} ${SUITE} main\n`);
  await writeFile(join(work, 'apt.conf'), aptConfiguration(work, debian));
  const env = { ...process.env, APT_CONFIG: join(work, 'apt.conf'), LC_ALL: 'C' };
  const apt = (args: readonly string[], cwd = work) =>
    run('apt-get', args, {
      cwd,
      env,
      timeout: STEP_DEADLINE_MS,
      maxBuffer: OUTPUT_BYTES_MAX,
      ...(shell.signal === undefined ? {} : { signal: shell.signal }),
    });

  shell.log(`reading the package list of Debian ${SUITE} from ${mirror}`);
  await apt(['-qq', 'update']);
  const { stdout } = await apt(['-s', 'install', wanted, ...instead]);
  const packages = [...stdout.matchAll(/^Inst (\S+)/gm)]
    .map((match) => match[1]!)
    .filter((name) => name === wanted || isNeeded(name));
  shell.log(`downloading ${packages.length} packages for ${wanted}; nothing is installed`);
  await apt(['-qq', 'download', ...packages], join(work, 'debs'));
  const debs = (await readdir(join(work, 'debs'))).sort();
  const sums: string[] = [];
  for (const deb of debs) {
    const file = join(work, 'debs', deb);
    sums.push(
      `${createHash('sha256')
        .update(await readFile(file))
        .digest('hex')}  ${deb}\n`,
    );
    await run('dpkg-deb', ['-x', file, root], { timeout: STEP_DEADLINE_MS });
  }
  await writeFile(join(root, 'DEBS.sha256'), sums.join(''));
}

function aptConfiguration(work: string, debian: string): string {
  const entries = {
    'Dir::Etc::SourceList': join(work, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'Dir::State': join(work, 'state'),
    'Dir::State::status': join(work, 'state/status'),
    'Dir::State::Lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    'APT::Architecture': debian,
    'APT::Install-Recommends': 'false',
    // The private folders belong to whoever runs this, not to apt's own user.
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  };
  return Object.entries(entries)
    .map(([key, value]) => `${key} "${value}";\n`)
    .join('');
}

/** Scripts that start a program through the fetched loader with the fetched libraries, wherever the folder is moved. */
async function writeStarters(
  root: string,
  programs: readonly string[],
  machine: { readonly triplet: string; readonly loader: string },
): Promise<void> {
  await mkdir(join(root, 'run'), { recursive: true });
  const libraries = `$root/usr/lib/${machine.triplet}`;
  for (const program of programs) {
    const file = join(root, 'run', program);
    const lines = [
      '#!/bin/sh',
      'root=$(cd "$(dirname "$0")/.." && pwd)',
      `exec "${libraries}/${machine.loader}" --argv0 ${program} --library-path "${libraries}" "$root/usr/bin/${program}" "$@"`,
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    await chmod(file, 0o755);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stderr = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return stderr === '' ? error.message : (stderr.split('\n').at(-1) ?? '');
}
