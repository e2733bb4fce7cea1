// Makes the roots of roots.ts on this machine's disk: asks ldd for libraries, copies, writes. It touches only the folder given.
import { chmodSync, copyFileSync, existsSync, globSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EXIT, ImageError } from './errors.ts';
import { type Library, parseLdd } from './libraries.ts';
import { type BitcoindParts, planBase, planBitcoind, type RootPlan } from './roots.ts';
import { type Environment, run } from './shell.ts';

/** Which database and signatures load; their libraries must be in a base as well. */
const ADDONS = [
  'node_modules/@lmdb/*/node.napi.glibc.node',
  `node_modules/sodium-native/prebuilds/linux-${process.arch}/*.node`,
];
const VERSION_MAX_MS = 10_000;

/** Node and what it and our native packages load. */
export async function layOutBase(root: string, node: string, out: string, env: Environment): Promise<void> {
  const programs = [node, ...globSync(ADDONS, { cwd: root }).map((path) => join(root, path))];
  const libraries = (await Promise.all(programs.map((program) => ldd('ldd', [program], env)))).flat();
  if (libraries.length === 0)
    throw new ImageError(
      EXIT.error,
      `ldd names no libraries of ${node}`,
      'use a Linux with the GNU C library, or give a base with --base IMAGE',
    );
  write(planBase({ node, libraries, isThere: existsSync }), out);
}

/** Answers the version that bitcoind says it has. */
export async function layOutBitcoind(command: string, out: string, env: Environment): Promise<string> {
  write(planBitcoind(await bitcoindParts(command, env)), out);
  const { out: said } = await run(command, ['--version'], env, VERSION_MAX_MS);
  return /version v?(\S+)/.exec(said)?.[1] ?? 'unknown';
}

/** One that was fetched lies in a root of its own, with its libraries and the loader that finds them. */
async function bitcoindParts(command: string, env: Environment): Promise<BitcoindParts> {
  const from = dirname(dirname(command));
  const program = join(from, 'usr', 'bin', basename(command));
  const loader = globSync('usr/lib/*/ld-linux-*', { cwd: from })[0];
  if (basename(dirname(command)) !== 'run' || loader === undefined || !existsSync(program))
    return { program: command, libraries: await ldd('ldd', [command], env), from: '' };
  const path = join(from, loader);
  const libraries = await ldd(path, ['--library-path', dirname(path), '--list', program], env);
  return { program, libraries, from };
}

async function ldd(command: string, args: readonly string[], env: Environment): Promise<readonly Library[]> {
  const { out } = await run(command, args, { ...env, LC_ALL: 'C' });
  const { found, missing } = parseLdd(out);
  if (missing.length === 0) return found;
  throw new ImageError(
    EXIT.error,
    `${args.at(-1)} needs ${missing.join(', ')}, which this machine has not`,
    'install the packages with these libraries',
  );
}

function write({ copies, texts, folders }: RootPlan, out: string): void {
  rmSync(out, { recursive: true, force: true });
  for (const folder of folders) mkdirSync(join(out, folder), { recursive: true });
  for (const { from, to } of copies) {
    mkdirSync(dirname(join(out, to)), { recursive: true });
    copyFileSync(from, join(out, to));
    chmodSync(join(out, to), 0o755);
  }
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text, { mode: 0o644 });
  }
  openToAll(out);
}

/** The folders of a builder with a strict umask would be closed to the user of the pods. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) openToAll(join(folder, entry.name));
}
