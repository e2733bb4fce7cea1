// Makes a fresh clone ready to run: packages as the lock file says, and a Node new enough to run TypeScript as it is.
// Plain JavaScript without dependencies, because it runs before there are any; it changes nothing outside the repository.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
export const NODE_VERSION_MIN = [24, 15];
const NODE_VERSION = '24.21.0';
// A testnet's name begins with a letter, so nobody's data can live under this name.
const TOOLCHAIN = join(ROOT, '.rexnet', '.toolchain');
/** Tells the re-executed script how long its parent spent downloading. */
const SETUP_SECONDS = 'REXNET_SETUP_SECONDS';

/** True when a version like '24.21.0' runs our sources without a build. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [majorMin, minorMin] = NODE_VERSION_MIN;
  return major > majorMin || (major === majorMin && minor >= minorMin);
}

/**
 * What of the lock file is not installed. `installed` is npm's own record of node_modules, or undefined when there is none.
 * @param {{packages: Record<string, {version?: string, dev?: boolean, optional?: boolean, link?: boolean, os?: string[], cpu?: string[], libc?: string[]}>}} lock
 * @param {{packages: Record<string, {version?: string}>} | undefined} installed
 * @param {{dev: boolean, platform: string, arch: string}} machine
 */
export function missingPackages(lock, installed, machine) {
  return Object.entries(lock.packages).flatMap(([path, wanted]) => {
    if (!path.includes('node_modules/') || wanted.link || !isWanted(wanted, machine)) return [];
    return installed?.packages[path]?.version === wanted.version ? [] : [path];
  });
}

/**
 * Whether packages for development are installed.
 * @param {{packages: Record<string, {dev?: boolean}>} | undefined} installed
 */
export function hasDevelopment(installed) {
  return Object.values(installed?.packages ?? {}).some(({ dev = false }) => dev);
}

function isWanted({ dev = false, optional = false, os, cpu, libc }, machine) {
  if (dev && !machine.dev) return false;
  if (!optional) return true;
  // npm leaves out optional packages of other machines; those bound to a C library are not decidable here.
  return (
    os !== undefined &&
    cpu !== undefined &&
    libc === undefined &&
    os.includes(machine.platform) &&
    cpu.includes(machine.arch)
  );
}

/** Says what is done and why, on stderr: stdout belongs to the program that follows. */
function say(text) {
  process.stderr.write(`rexnet: ${text}\n`);
}

/** Runs a program to its end; its output goes to stderr. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}`)),
    );
  });
}

/** npm as this machine has it; inside `npm start` npm names itself. */
function npm(args) {
  const script = process.env['npm_execpath'];
  if (script?.endsWith('.js')) return run(process.execPath, [script, ...args]);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { shell: process.platform === 'win32' });
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

async function installPackages(dev) {
  const lock = readJson(join(ROOT, 'package-lock.json'));
  if (lock === undefined)
    throw new Error('package-lock.json is missing or damaged: restore it with git checkout package-lock.json');
  const installed = readJson(join(ROOT, 'node_modules', '.package-lock.json'));
  const missing = missingPackages(lock, installed, { dev, platform: process.platform, arch: process.arch });
  if (missing.length === 0) return;
  // npm takes away what it is told to omit, also under the feet of a test that runs.
  const withDev = dev || hasDevelopment(installed);
  say(`installing ${missing.length} packages of the lock file${withDev ? '' : ' (production only)'}`);
  await npm(['ci', ...(withDev ? [] : ['--omit=dev']), '--no-audit', '--no-fund', '--loglevel=error']);
}

function toolchainNode() {
  return join(
    TOOLCHAIN,
    'node_modules',
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
    'bin',
    'node',
  );
}

/** Puts one package that is a plain archive (no install script has to run) into a folder of its own, beside the lock file. */
export async function installArchive(folder, name, version) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  await npm([
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `${name}@${version}`,
  ]);
}

/** The path of a Node that can run us; undefined when this one can. */
async function installNode() {
  if (isNewEnough(process.versions.node)) return undefined;
  const why = `this machine has Node ${process.versions.node}, ${NODE_VERSION_MIN.join('.')} or newer is needed: `;
  return (await pinnedNode(why)).path;
}

/** The Node of the version we pin: the one that runs this, or one that is installed once. `why` begins what is said then. */
export async function pinnedNode(why = '') {
  if (process.versions.node === NODE_VERSION) return { path: process.execPath, version: NODE_VERSION };
  const path = toolchainNode();
  const stamp = join(TOOLCHAIN, 'version');
  if (existsSync(path) && existsSync(stamp) && readFileSync(stamp, 'utf8') === NODE_VERSION)
    return { path, version: NODE_VERSION };
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  say(`${why}getting Node ${NODE_VERSION} from npm (stays in .rexnet/)`);
  await installArchive(TOOLCHAIN, name, NODE_VERSION);
  await run(path, ['--version'], { stdio: 'ignore' });
  writeFileSync(stamp, NODE_VERSION);
  return { path, version: NODE_VERSION };
}

/** Becomes `script` under another Node: same arguments, same terminal, its exit code is ours. Never returns. */
async function becomeOther(nodePath, script, setupSeconds) {
  const child = spawn(nodePath, [script, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${dirname(nodePath)}:${process.env['PATH'] ?? ''}`,
      [SETUP_SECONDS]: String(setupSeconds),
    },
  });
  // A terminal sends Ctrl-C to both of us; the child decides when it is over.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      say(error.message);
      resolve(1);
    });
    child.once('exit', (status, signal) => resolve(status ?? 128 + constants.signals[signal]));
  });
  process.exit(code);
}

/**
 * Makes everything ready, then returns under a Node that runs our sources: on an older one it re-executes `script`.
 * @param {{dev: boolean, script: string}} options `script` is the caller's import.meta.url
 * @returns {Promise<{setupSeconds: number}>}
 */
export async function setUp({ dev, script }) {
  keepCompiledCode();
  const begun = performance.now();
  const [nodePath] = await Promise.all([installNode(), installPackages(dev)]);
  const ownSeconds = (performance.now() - begun) / 1000;
  if (ownSeconds > 1) say(`set-up took ${ownSeconds.toFixed(1)} s (downloads included)`);
  if (nodePath !== undefined) await becomeOther(nodePath, fileURLToPath(script), ownSeconds);
  return { setupSeconds: Number(process.env[SETUP_SECONDS] ?? 0) + ownSeconds };
}

/** For programs that need the newer Node but install no packages, such as `npx rxctl`. */
export async function useNewNode(script) {
  keepCompiledCode();
  const nodePath = await installNode();
  if (nodePath !== undefined) await becomeOther(nodePath, fileURLToPath(script), 0);
}

/** For whatever is started from here: later starts are faster, and smaller by a type stripper per thread. */
function keepCompiledCode() {
  process.env['NODE_COMPILE_CACHE'] ??= join(ROOT, '.rexnet', '.compile-cache');
}

/** Runs a script with this Node, the terminal shared; resolves to its exit code. */
export function runNode(args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** Runs `main` and turns what it throws into one line and exit code 1. */
export async function runScript(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
