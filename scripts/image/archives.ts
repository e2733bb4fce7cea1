// Archives of both images for whoever runs a cluster from this clone: built once for the same sources, kept in .rexnet/.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../setup.mjs';
import { type ImageKind, LOCAL_BASE, REPOSITORY } from './arguments.ts';
import { type BuildWorld, buildImage, repositoryVersion } from './build.ts';
import { ImageError } from './errors.ts';
import { findBuilder } from './find-builder.ts';
import { run } from './shell.ts';
import { isShippedSource, PARTS } from './shipped.ts';

const FOLDER = join(ROOT, '.rexnet', '.image', 'archives');
const HASH_DIGITS = 16;
/** Another one may be installing. */
const APT_WAITS = ['-o', 'DPkg::Lock::Timeout=300'];
/** What decides an image, besides what it has. */
const INPUTS: Readonly<Record<ImageKind, readonly string[]>> = {
  rexnet: [...PARTS, 'Containerfile', 'images/base', 'package-lock.json', 'scripts/image'],
  bitcoind: ['images/bitcoind', 'scripts/image', '.rexnet/.bitcoind/DEBS.sha256'],
};

export type ImageArchive = { readonly image: string; readonly archive: string };

/**
 * Without a registry: the base is a local one. Where REXNET_REQUIRE names `cluster` and apt is there, a missing builder is
 * installed, as the programs of the cluster are.
 */
export async function imageArchive(kind: ImageKind, world: BuildWorld): Promise<ImageArchive> {
  const version = repositoryVersion();
  const image = `${REPOSITORY[kind]}:${version}`;
  const archive = join(FOLDER, `${kind}-${inputsHash(kind, world)}.tar`);
  if (existsSync(archive)) return { image, archive };
  if ((world.env['REXNET_REQUIRE'] ?? '').split(',').includes('cluster')) await installBuilder(world);
  mkdirSync(FOLDER, { recursive: true });
  const unfinished = `${archive}.${process.pid}`;
  const base = kind === 'rexnet' ? { base: LOCAL_BASE } : {};
  try {
    await buildImage({ kind, tag: image, archive: unfinished, isJson: false, ...base }, version, world);
    renameSync(unfinished, archive);
  } finally {
    rmSync(unfinished, { force: true });
  }
  for (const name of readdirSync(FOLDER))
    if (name.startsWith(`${kind}-`) && name.endsWith('.tar') && join(FOLDER, name) !== archive)
      rmSync(join(FOLDER, name));
  return { image, archive };
}

/** What is wrong afterwards is told by whoever looks for a builder next. */
async function installBuilder({ env, say }: BuildWorld): Promise<void> {
  try {
    await findBuilder(env);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    say('installing buildah');
    const apt = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], apt);
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...APT_WAITS, 'buildah'], apt);
  }
}

function inputsHash(kind: ImageKind, { env }: BuildWorld): string {
  const hash = createHash('sha256').update(`${process.version} ${process.arch} ${env['REXNET_BITCOIND'] ?? ''}\0`);
  for (const part of INPUTS[kind]) addTo(hash, part);
  return hash.digest('hex').slice(0, HASH_DIGITS);
}

/** Names and bytes, in the order of names. */
function addTo(hash: ReturnType<typeof createHash>, path: string): void {
  const file = join(ROOT, path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) for (const name of readdirSync(file).sort()) addTo(hash, `${path}/${name}`);
  else if (found !== undefined && isShippedSource(path))
    hash.update(`${path}\0${found.size}\0`).update(readFileSync(file));
}
