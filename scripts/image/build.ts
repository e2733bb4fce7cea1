// Builds one image from the repository: base, context, builder, archive. It keeps its folders in .rexnet/ and nowhere else.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { locateBitcoind } from '../../node/src/bitcoin/locate.ts';
import { pinnedNode, ROOT } from '../setup.mjs';
import { BITCOIND_BASE, DEFAULT_BASE, type ImageKind, type ImageOptions, LOCAL_BASE } from './arguments.ts';
import {
  type Builder,
  type BuildRequest,
  buildArgs,
  digestArgs,
  hasArgs,
  parseSize,
  pullArgs,
  saveArgs,
  sizeArgs,
} from './builders.ts';
import { EXIT, ImageError } from './errors.ts';
import { type FoundBuilder, findBuilder } from './find-builder.ts';
import { layOutBase, layOutBitcoind } from './lay-out.ts';
import { type Environment, run } from './shell.ts';
import { copyContext } from './tree.ts';
import { describeWeights } from './weights.ts';

/** A registry far away sends 80 MB in it; one that is not there is given up sooner by most builders. */
const PULL_MAX_MS = 180_000;
const SEE_ABOVE = 'see what the builder said';
const WORK = join(ROOT, '.rexnet', '.image');

export type BuiltImage = {
  readonly image: string;
  readonly kind: ImageKind;
  readonly base: string;
  readonly builder: Builder;
  readonly sizeBytes: number | null;
  readonly digest: string;
  readonly seconds: number;
  readonly archive?: string;
};

export type BuildWorld = {
  readonly env: Environment;
  /** A line of progress. */
  readonly say: (line: string) => void;
};

type Prepared = Omit<BuildRequest, 'tag'> & { readonly base: string };

export async function buildImage(options: ImageOptions, version: string, world: BuildWorld): Promise<BuiltImage> {
  const begun = performance.now();
  const found = await findBuilder(world.env);
  mkdirSync(WORK, { recursive: true });
  // Its own folder, so that two of these at a time do not meet.
  const work = mkdtempSync(join(WORK, `${options.kind}-`));
  try {
    const prepare = options.kind === 'bitcoind' ? prepareBitcoind : prepareRexnet;
    const { base, ...request } = await prepare({ options, version, world, found, work });
    world.say(`building ${options.tag} on ${base} with ${found.builder}`);
    await must(found, buildArgs(found.builder, { ...request, tag: options.tag }), SEE_ABOVE);
    const { builder } = found;
    const size = await must(found, sizeArgs(builder, options.tag), SEE_ABOVE);
    const digest = await must(found, digestArgs(builder, options.tag), SEE_ABOVE);
    const archive = options.archive === undefined ? undefined : await save(found, options.tag, options.archive, world);
    return {
      image: options.tag,
      kind: options.kind,
      base,
      builder,
      sizeBytes: parseSize(size) ?? null,
      digest,
      seconds: Math.round((performance.now() - begun) / 100) / 10,
      ...(archive === undefined ? {} : { archive }),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

type Job = {
  readonly options: ImageOptions;
  readonly version: string;
  readonly world: BuildWorld;
  readonly found: FoundBuilder;
  readonly work: string;
};

async function prepareRexnet(job: Job): Promise<Prepared> {
  const { base, isBaseLocal } = await chooseBase(job);
  const machine = { platform: 'linux', arch: process.arch };
  const context = join(job.work, 'context');
  job.world.say(`the tree: ${describeWeights(copyContext(ROOT, context, machine))}`);
  return {
    file: join(ROOT, 'Containerfile'),
    context,
    values: { BASE: base, VERSION: job.version, REVISION: revision() },
    base,
    isBaseLocal,
  };
}

async function prepareBitcoind({ options, world, work }: Job): Promise<Prepared> {
  const { env, say } = world;
  const located = await locateBitcoind({
    configured: env['REXNET_BITCOIND'],
    searchPath: env['PATH'] ?? '',
    cacheDir: join(ROOT, '.rexnet', '.bitcoind'),
    log: say,
  });
  if (located.kind === 'absent')
    throw new ImageError(
      EXIT.error,
      located.reason,
      'name one with REXNET_BITCOIND, on a Linux like that of the image',
    );
  const version = await layOutBitcoind(located.command, join(work, 'context', 'root'), env);
  say(`bitcoind ${version} with its libraries`);
  const base = options.base ?? BITCOIND_BASE;
  return {
    file: join(ROOT, 'images', 'bitcoind', 'Containerfile'),
    context: join(work, 'context'),
    values: { BASE: base, VERSION: version },
    base,
    isBaseLocal: base === BITCOIND_BASE,
  };
}

async function chooseBase(job: Job): Promise<{ readonly base: string; readonly isBaseLocal: boolean }> {
  const { options, found, world } = job;
  const wanted = options.base ?? DEFAULT_BASE;
  if (wanted === LOCAL_BASE) return localBase(job);
  const pulled = { base: wanted, isBaseLocal: false };
  if ((await run(found.builder, hasArgs(found.builder, wanted), found.env)).ok) return pulled;
  world.say(`pulling ${wanted}`);
  const { ok, told } = await run(found.builder, pullArgs(found.builder, wanted), found.env, PULL_MAX_MS);
  if (ok) return pulled;
  const reason = told.split('\n').at(-1);
  if (options.base !== undefined)
    throw new ImageError(
      EXIT.error,
      `${wanted} cannot be pulled: ${reason}`,
      'name another base, or give --base local',
    );
  world.say(
    `${wanted} cannot be pulled (${reason}): the base is made of this machine's Node instead, as by --base local`,
  );
  return localBase(job);
}

async function localBase({
  found,
  world,
  work,
}: Job): Promise<{ readonly base: string; readonly isBaseLocal: boolean }> {
  if (process.platform !== 'linux')
    throw new ImageError(EXIT.error, 'a local base can be made on Linux only', 'give a base with --base IMAGE');
  const { path, version } = await pinnedNode();
  const base = `localhost/rexnet-base:${version}`;
  world.say(`making ${base} of Node ${version} and the libraries it loads`);
  const context = join(work, 'base');
  await layOutBase(ROOT, path, join(context, 'root'), world.env);
  const file = join(ROOT, 'images', 'base', 'Containerfile');
  await must(found, buildArgs(found.builder, { file, context, tag: base, values: {}, isBaseLocal: true }), SEE_ABOVE);
  return { base, isBaseLocal: true };
}

async function save(found: FoundBuilder, tag: string, archive: string, { say }: BuildWorld): Promise<string> {
  const file = resolve(archive);
  say(`writing ${file}`);
  mkdirSync(dirname(file), { recursive: true });
  // No builder writes over an archive.
  rmSync(file, { force: true });
  await must(found, saveArgs(found.builder, tag, file), 'check that there is room for it');
  return file;
}

/** Its standard output; what it told before it failed otherwise. */
async function must({ builder, env }: FoundBuilder, args: readonly string[], cure: string): Promise<string> {
  const { ok, out, told } = await run(builder, args, env);
  if (!ok) throw new ImageError(EXIT.error, `${builder} ${args[0]} failed:\n${told}`, cure);
  return out;
}

/** Of a clone; a folder without history has none. */
function revision(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
}

/** That of the repository's package.json. */
export function repositoryVersion(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
