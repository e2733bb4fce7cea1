// What a local network remembers between runs: the spec it was made from, its ports, its parent chain, how the run goes.
// It reads and writes two small files and decides nothing.
import type { TestnetSpec } from '@rexnet/operator/api/testnet.ts';
import { CliError, EXIT } from '../exit.ts';
import { readIfThere, writeAtomically } from './files.ts';
import type { Folders } from './folders.ts';

const VERSION = 1;

export type LocalState = {
  readonly version: typeof VERSION;
  readonly name: string;
  readonly networkId: string;
  /** As it was last applied, defaults included. */
  readonly spec: TestnetSpec;
  /** Fixed at genesis: a chain that began over a toy parent goes on over it. */
  readonly parent: 'regtest' | 'toy';
  readonly ports: Readonly<Record<string, number>>;
  /** Groups of genesis, where others have joined since. */
  readonly firstGroups?: number;
};

/** How the current run goes; written by `up`, read by `status`. */
export type Progress = {
  readonly startedAtMs: number;
  readonly firstBlockMs?: number;
  /** It ends by itself, and its load is not to be changed. */
  readonly isTimed?: true;
  readonly bitcoindMissing?: string;
  /** Where a Prometheus answers that watches the network; or why there is none, though one was asked for. */
  readonly monitoring?: { readonly url: string } | { readonly missing: string };
  /** How often each child was started again in this run. */
  readonly restarts?: Readonly<Record<string, number>>;
  readonly contracts: readonly {
    readonly name: string;
    readonly state: 'Waiting' | 'Deployed' | 'Failed';
    readonly detail?: string;
  }[];
};

export function readState(folders: Folders): LocalState | undefined {
  const text = readIfThere(folders.state);
  if (text === undefined) return undefined;
  const state = parse<LocalState>(text);
  if (state?.version !== VERSION || typeof state.networkId !== 'string') {
    throw new CliError(
      EXIT.error,
      `${folders.state} is damaged or of another version`,
      `remove the network: rxctl down --purge --name ${folders.root.split('/').at(-1)}`,
    );
  }
  return state;
}

export function writeState(folders: Folders, state: Omit<LocalState, 'version'>): void {
  writeAtomically(folders.state, `${JSON.stringify({ version: VERSION, ...state }, undefined, 2)}\n`);
}

export function readProgress(folders: Folders): Progress | undefined {
  const text = readIfThere(folders.progress);
  return text === undefined ? undefined : parse<Progress>(text);
}

export function writeProgress(folders: Folders, progress: Progress): void {
  writeAtomically(folders.progress, `${JSON.stringify(progress)}\n`);
}

function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
