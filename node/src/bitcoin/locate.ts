// Finds a bitcoind on this machine, or fetches one. It starts nothing and installs nothing.
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type FetchOptions, fetchBitcoind } from './fetch.ts';

export interface LocateOptions {
  /** REXNET_BITCOIND, when set: a promise by the user, so a wrong one is an error and not a reason to look further. */
  readonly configured?: string | undefined;
  /** The value of PATH. */
  readonly searchPath: string;
  /** Where an earlier fetch may lie and a new one goes. */
  readonly cacheDir: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

export type Located =
  | { readonly kind: 'found'; readonly command: string; readonly source: 'configured' | 'path' | 'cache' | 'fetched' }
  /** One sentence for the user. */
  | { readonly kind: 'absent'; readonly reason: string };

export async function locateBitcoind(options: LocateOptions): Promise<Located> {
  const { configured, cacheDir, log } = options;
  if (configured !== undefined && configured !== '') {
    if (await isExecutable(configured)) return { kind: 'found', command: configured, source: 'configured' };
    return { kind: 'absent', reason: `REXNET_BITCOIND names ${configured}, which is no executable file` };
  }
  for (const folder of options.searchPath.split(delimiter).filter((f) => f !== '')) {
    const command = join(folder, 'bitcoind');
    if (await isExecutable(command)) return { kind: 'found', command, source: 'path' };
  }
  const cached = join(cacheDir, 'run', 'bitcoind');
  if (await isExecutable(cached)) return { kind: 'found', command: cached, source: 'cache' };
  const fetchOptions: FetchOptions = {
    dir: cacheDir,
    log,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const fetched = await fetchBitcoind(fetchOptions);
  return fetched.kind === 'fetched' ? { kind: 'found', command: fetched.command, source: 'fetched' } : fetched;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
