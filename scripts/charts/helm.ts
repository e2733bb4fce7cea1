// The helm that scripts and tests run: named by REXNET_HELM, in PATH, or built from its Go module once,
// where programs that took minutes to build outlive the clone of the repository.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { DebianPackage } from '@rexnet/node/programs/debian.ts';
import { findProgram } from '@rexnet/node/programs/locate.ts';

const run = promisify(execFile);
const VERSION = '4.3.1';
const MODULE = `helm.sh/helm/v4/cmd/helm@v${VERSION}`;
const CACHE = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'rexnet', 'helm', VERSION);
/** Where Go's own archive puts it; not every shell has it in PATH. */
const GO_FOLDERS = ['/usr/local/go/bin', '/usr/lib/go/bin'];
/** Cold, on two cores, it takes a quarter of it. */
const BUILD_MAX_MS = 600_000;
const OUTPUT_BYTES_MAX = 16 * 1_024 * 1_024;

/** Debian has none: it is only looked for. */
const HELM: DebianPackage = { name: 'helm', programs: ['helm'], isNeeded: () => false, needlessPaths: [] };

export type Helm = { readonly command: string };

/** Looks; builds nothing. */
export async function findHelm(): Promise<Helm | { readonly reason: string }> {
  const found = await findProgram('REXNET_HELM', HELM, {
    configured: process.env['REXNET_HELM'],
    searchPath: process.env['PATH'] ?? '',
    cacheDir: CACHE,
  });
  if (found?.kind === 'found') return { command: found.command };
  return { reason: found?.reason ?? 'there is no helm in PATH and REXNET_HELM names none' };
}

/** Finds one or builds it, where there is Go. */
export async function findOrBuildHelm(): Promise<Helm | { readonly reason: string }> {
  const found = await findHelm();
  if ('command' in found) return found;
  await mkdir(dirname(CACHE), { recursive: true });
  const work = await mkdtemp(`${CACHE}.build-`);
  try {
    const path = [process.env['PATH'] ?? '', ...GO_FOLDERS].join(delimiter);
    const env = { ...process.env, PATH: path, GOBIN: join(work, 'run') };
    await run('go', ['install', MODULE], { env, timeout: BUILD_MAX_MS, maxBuffer: OUTPUT_BYTES_MAX });
    await rm(CACHE, { recursive: true, force: true });
    await rename(work, CACHE);
    return { command: join(CACHE, 'run', 'helm') };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n').at(0) ?? '') : String(error);
    return { reason: `${found.reason}, and it could not be built: ${why}` };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What it printed; what it says on stderr stands in the error when it ends with another code than 0. */
export async function helmOutput(
  { command }: Helm,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { stdout } = await run(command, [...args], {
    env: { ...process.env, ...env },
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: BUILD_MAX_MS,
  });
  return stdout;
}
