// Where a local network keeps what: one folder per network under .rexnet. It makes no decisions and reads no contents.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NAME_PATTERN } from '@rexnet/operator/api/testnet.ts';
import { CliError, EXIT } from '../exit.ts';

/** The top of the repository: where the programs a plan starts are. */
export const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export type Folders = {
  readonly root: string;
  readonly run: string;
  readonly logs: string;
  readonly state: string;
  readonly progress: string;
  readonly events: string;
  readonly lock: string;
  readonly genesis: string;
  readonly governance: string;
  readonly peers: string;
  readonly bitcoin: string;
  readonly monitoring: string;
  readonly loadSpec: string;
  readonly loadReport: string;
  /** What `rxctl load` asked for. */
  readonly loadWish: string;
  /** What a running generator is told. */
  readonly loadControl: string;
  readonly node: (name: string) => string;
};

export function foldersOf(base: string, name: string): Folders {
  const root = join(base, name);
  return {
    root,
    run: join(root, 'run'),
    logs: join(root, 'logs'),
    state: join(root, 'state.json'),
    progress: join(root, 'progress.json'),
    events: join(root, 'events.jsonl'),
    lock: join(root, 'rxctl.pid'),
    genesis: join(root, 'genesis.bin'),
    governance: join(root, 'governance.key'),
    peers: join(root, 'peers.json'),
    bitcoin: join(root, 'bitcoin'),
    monitoring: join(root, 'monitoring'),
    loadSpec: join(root, 'load.json'),
    loadReport: join(root, 'load-report.json'),
    loadWish: join(root, 'load-wish.json'),
    loadControl: join(root, 'load-control.json'),
    node: (node) => join(root, 'nodes', node),
  };
}

export function makeFolders(folders: Folders): void {
  for (const folder of [folders.root, folders.run, folders.logs, folders.bitcoin, join(folders.root, 'nodes')])
    mkdirSync(folder, { recursive: true });
}

/** Networks that have data here. */
export function networkNames(base: string): readonly string[] {
  if (!existsSync(base)) return [];
  const name = new RegExp(NAME_PATTERN);
  return readdirSync(base)
    .filter((entry) => name.test(entry) && existsSync(foldersOf(base, entry).state))
    .sort();
}

/** The network a verb means: the named one, else the only one there is. */
export function chooseNetwork(base: string, named: string | undefined): string {
  const names = networkNames(base);
  if (named !== undefined) {
    if (names.includes(named)) return named;
    throw new CliError(
      EXIT.notReachable,
      `there is no network ${named} in ${base}`,
      names.length === 0 ? 'start one: rxctl up' : `there are ${names.join(', ')}`,
    );
  }
  const [only, ...others] = names;
  if (only === undefined)
    throw new CliError(EXIT.notReachable, `there is no network in ${base}`, 'start one: rxctl up');
  if (others.length > 0)
    throw new CliError(EXIT.usage, `there are several networks: ${names.join(', ')}`, 'say which: --name NAME');
  return only;
}
