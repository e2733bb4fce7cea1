// Runs one verb of rxctl as a shell would, with streams in memory, over a folder that looks like that of a network. For tests.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeGenesis } from '@rexnet/node/chain/genesis.ts';
import { parseTestnet } from '@rexnet/operator/api/parse.ts';
import { planTestnet } from '@rexnet/operator/plan/plan.ts';
import { portNames } from '../local/children.ts';
import { type Folders, foldersOf, makeFolders } from '../local/folders.ts';
import { writeState } from '../local/state.ts';
import { runRxctl } from '../main.ts';
import type { Network } from '../network.ts';
import type { Source } from '../sources/source.ts';
import { Sink } from './sink.ts';

export type Ran = { readonly code: number; readonly out: string; readonly err: string };
export type RunOptions = {
  readonly source?: Source;
  readonly signal?: AbortSignal;
  readonly isTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
};

/** Nobody listens on these: they belong to services nobody runs any more. */
const FIRST_PORT = 1;
const KEY = new Uint8Array(32);

export class TestFolder {
  readonly cwd: string;
  readonly folders: Folders;
  readonly network: Network;

  /** A network `demo` that was started once; none of its processes runs. */
  constructor(network: Network, spec: Readonly<Record<string, unknown>> = {}) {
    this.network = network;
    this.cwd = mkdtempSync(join(tmpdir(), 'rexnet-verbs-'));
    const parsed = parseTestnet({
      apiVersion: 'rexnet.dev/v1alpha1',
      kind: 'Testnet',
      metadata: { name: 'demo' },
      spec: { groups: 2, bitcoin: { mode: 'None' }, ...spec },
    });
    if ('problems' in parsed) throw new Error('the testnet of this test is wrong');
    const facts = { bitcoind: { kind: 'found' }, governance: KEY, compilerHash: KEY } as const;
    const planned = planTestnet(parsed.testnet, facts);
    if ('refusal' in planned) throw new Error(planned.refusal.message);
    this.folders = foldersOf(join(this.cwd, '.rexnet'), 'demo');
    makeFolders(this.folders);
    writeFileSync(this.folders.genesis, makeGenesis({ ...planned.plan.genesis, accounts: [] }));
    writeState(this.folders, {
      name: 'demo',
      networkId: 'ab'.repeat(32),
      spec: parsed.testnet.spec,
      parent: 'toy',
      ports: Object.fromEntries(portNames(planned.plan).map((name, index) => [name, FIRST_PORT + index])),
    });
  }

  async run(
    args: readonly string[],
    { isTerminal = false, env = {}, source, signal = new AbortController().signal }: RunOptions = {},
  ): Promise<Ran> {
    const stdout = new Sink(isTerminal);
    const stderr = new Sink(isTerminal);
    const code = await runRxctl(args, {
      stdout,
      stderr,
      stdin: process.stdin,
      env: { HOME: this.cwd, ...env },
      cwd: this.cwd,
      signal,
      openNetwork: async () => this.network,
      ...(source === undefined ? {} : { openSource: async () => source }),
      exitCode: 0,
    });
    return { code, out: stdout.text, err: stderr.text };
  }

  remove(): void {
    rmSync(this.cwd, { recursive: true, force: true });
  }
}
