// Has Node's compile cache filled before a network's processes start together, where such a cache is configured. A warm
// cache only saves memory and time, so nothing depends on it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from './folders.ts';

const WARM = join(REPOSITORY, 'node', 'src', 'warm.ts');
const PATIENCE_MS = 20_000;

/** Resolves when it is done, failed, or takes too long. */
export function warmCode(env: Readonly<Record<string, string | undefined>>, signal: AbortSignal): Promise<void> {
  if (env['NODE_COMPILE_CACHE'] === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [WARM], { env, stdio: 'ignore', timeout: PATIENCE_MS, signal });
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
}
