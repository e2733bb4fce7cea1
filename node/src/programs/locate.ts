// Finds a program of others on this machine, or fetches it. It starts nothing and installs nothing.
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type DebianPackage, fetchPackage } from './debian.ts';

export interface LocateOptions {
  /** The value of the program's own variable, when set: a promise by the user, so a wrong one is an error and not a reason to look further. */
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

/** `variable` is the one that names it; what is fetched is the first program of the package. */
export async function locateProgram(variable: string, wanted: DebianPackage, options: LocateOptions): Promise<Located> {
  const { cacheDir, log, signal } = options;
  const here = await findProgram(variable, wanted, options);
  if (here !== undefined) return here;
  const fetched = await fetchPackage(wanted, { dir: cacheDir, log, ...(signal === undefined ? {} : { signal }) });
  return fetched.kind === 'fetched' ? { kind: 'found', command: fetched.command, source: 'fetched' } : fetched;
}

/** Looks without fetching; undefined when it would have to be fetched. */
export async function findProgram(
  variable: string,
  wanted: DebianPackage,
  { configured, searchPath, cacheDir }: Pick<LocateOptions, 'configured' | 'searchPath' | 'cacheDir'>,
): Promise<Located | undefined> {
  const [name] = wanted.programs;
  if (configured !== undefined && configured !== '') {
    if (await isExecutable(configured)) return { kind: 'found', command: configured, source: 'configured' };
    return { kind: 'absent', reason: `${variable} names ${configured}, which is no executable file` };
  }
  for (const folder of searchPath.split(delimiter).filter((f) => f !== '')) {
    const command = join(folder, name);
    if (await isExecutable(command)) return { kind: 'found', command, source: 'path' };
  }
  const cached = join(cacheDir, 'run', name);
  return (await isExecutable(cached)) ? { kind: 'found', command: cached, source: 'cache' } : undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
