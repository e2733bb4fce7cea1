// Lays out the tree that the image has at its root: sources, production packages, and compiled code for them. Run by the
// Containerfile as `node scripts/image/tree.ts OUT`; it changes nothing but OUT and, where packages are missing, node_modules.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../setup.mjs';
import { type Lock, type Machine, neededPackages } from './closure.ts';
import { BUILD_PARTS, isShippedOfPackage, isShippedSource, PARTS, packageName, WORKSPACES } from './shipped.ts';
import type { Weight } from './weights.ts';

/** Where compiled code lies in the image; its Containerfile says so to Node. */
const COMPILED = '.compile-cache';
/** Of the pods; Node looks for compiled code of its own user. */
const USER_ID = 1000;
const WARM_DEADLINE_MS = 120_000;
/** What the programs of pods load, each ending by itself without having done anything. */
const WARM_RUNS: readonly (readonly string[])[] = [
  ['node/src/warm.ts'],
  ['load/src/main.ts'],
  ['rxctl/src/main.ts', 'deploy-all', '--help'],
  ['operator/src/main.ts', '--help'],
];

type Count = { files: number; bytes: number };

/** What is not installed here; empty when the tree can be laid out. */
export function missingHere(root: string, machine: Machine): readonly string[] {
  const lock = readLock(root);
  return neededPackages(lock, WORKSPACES, machine).filter((path) => {
    const file = join(root, path, 'package.json');
    return !existsSync(file) || versionIn(file) !== lock.packages[path]?.version;
  });
}

/** Copies the tree; every file is everybody's to read and nobody's but root's to write. */
export function copyTree(root: string, out: string, machine: Machine): readonly Weight[] {
  const weights = [...copySources(root, out, PARTS), ...copyPackages(root, out, machine)];
  mkdirSync(join(out, 'node_modules', '@rexnet'), { recursive: true });
  for (const name of WORKSPACES) symlinkSync(`../../${name}`, join(out, 'node_modules', '@rexnet', name));
  return weights;
}

/** What the Containerfile makes the tree of: all of it that is here already, and this program. Where packages are missing, as
 * on a machine that is no Linux, it has none, and the build installs them. */
export function copyContext(root: string, out: string, machine: Machine): readonly Weight[] {
  copySources(root, out, [...BUILD_PARTS, ...manifests(root)]);
  const sources = copySources(root, out, PARTS);
  return missingHere(root, machine).length > 0 ? sources : [...sources, ...copyPackages(root, out, machine)];
}

function copySources(root: string, out: string, parts: readonly string[]): readonly Weight[] {
  return parts.map((part) => ({
    name: part,
    ...copyPart(join(root, part), join(out, part), (path) => isShippedSource(`${part}/${path}`)),
  }));
}

function copyPackages(root: string, out: string, machine: Machine): readonly Weight[] {
  return neededPackages(readLock(root), WORKSPACES, machine).map((path) => {
    const name = packageName(path);
    const isShipped = (file: string): boolean => isShippedOfPackage(name, file, machine);
    return { name: path, ...copyPart(join(root, path), join(out, path), isShipped) };
  });
}

/** npm wants those of all workspaces, also of those that have no part in the image. */
function manifests(root: string): readonly string[] {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] };
  return workspaces.map((name) => `${name}/package.json`);
}

export function readLock(root: string): Lock {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
}

function versionIn(file: string): string | undefined {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version;
}

/** A file, or a folder with what `isWanted` takes of it; packages inside a package are parts of their own. */
function copyPart(from: string, to: string, isWanted: (path: string) => boolean): Count {
  const count: Count = { files: 0, bytes: 0 };
  if (statSync(from).isFile()) copyOne(from, to, count);
  else copyFolder({ from, to, isWanted, count }, '');
  return count;
}

type FolderCopy = {
  readonly from: string;
  readonly to: string;
  readonly isWanted: (path: string) => boolean;
  readonly count: Count;
};

function copyFolder(copy: FolderCopy, folder: string): void {
  for (const entry of readdirSync(join(copy.from, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && entry.name !== 'node_modules') copyFolder(copy, path);
    else if (entry.isFile() && copy.isWanted(path)) copyOne(join(copy.from, path), join(copy.to, path), copy.count);
  }
}

function copyOne(from: string, to: string, count: Count): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  const { size, mode } = statSync(from);
  chmodSync(to, (mode & 0o111) === 0 ? 0o644 : 0o755);
  count.files++;
  count.bytes += size;
}

/** Without a type stripper in each of its threads a node starts sooner and is smaller; pods can write no cache of their own. */
function compile(out: string): void {
  const cache = join(out, COMPILED);
  for (const [file = '', ...args] of WARM_RUNS) {
    if (!existsSync(join(out, file))) continue;
    const env = { ...process.env, NODE_COMPILE_CACHE: cache };
    spawnSync(process.execPath, [join(out, file), ...args], { env, stdio: 'ignore', timeout: WARM_DEADLINE_MS });
  }
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name);
    for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o644);
    chmodSync(folder, 0o755);
    renameSync(folder, join(cache, name.replace(/\d+$/, String(USER_ID))));
  }
}

function install(): void {
  const args = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync('npm', args, { cwd: ROOT, stdio: 'inherit' });
  if (error !== undefined || status !== 0)
    throw new Error('the packages of the lock file are not here, and npm cannot install them', { cause: error });
}

if (import.meta.main) {
  const [out] = process.argv.slice(2);
  if (out === undefined) throw new Error('usage: node scripts/image/tree.ts OUT');
  const machine: Machine = { platform: 'linux', arch: process.arch };
  if (missingHere(ROOT, machine).length > 0) install();
  copyTree(ROOT, out, machine);
  compile(out);
}
