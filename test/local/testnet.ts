// A testnet under test as a person runs one: a testnet.yaml, rxctl as a process of its own, everything in a temporary folder.
// It asserts nothing.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { locateBitcoind } from '../../node/src/bitcoin/locate.ts';
import { openNetwork } from '../../rxctl/src/adapter.ts';
import { pidFile } from '../../rxctl/src/local/child.ts';
import { type Folders, foldersOf, REPOSITORY } from '../../rxctl/src/local/folders.ts';
import { lockOwner } from '../../rxctl/src/local/lock.ts';
import { tail } from '../../rxctl/src/local/log-file.ts';
import { isAlive, type ProcessIdentity, readIdentity, signalProcess } from '../../rxctl/src/local/process-identity.ts';
import type { Network, NodeAnswer } from '../../rxctl/src/network.ts';
import { placeOfFiles } from '../../rxctl/src/network-place.ts';
import type { RunReport } from '../../rxctl/src/run-report.ts';
import { until } from './until.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where all networks of one run of these tests have their folders; removed afterwards. */
    readonly localFolder: string;
  }
}

const RXCTL = join(REPOSITORY, 'rxctl', 'src', 'main.ts');
const UP_MAX_MS = 180_000;
const KILL_MAX_MS = 10_000;
/** What a flag of ours would be read from, and what belongs to the test runner's own process. */
const NOT_FOR_CHILDREN = /^(NODE_OPTIONS|NODE_ENV|VITEST.*|REXNET_.*)$/;

export type Ended = { readonly code: number | undefined; readonly stdout: string; readonly stderr: string };

export type DeepAudit = {
  readonly clean: boolean;
  readonly nodes: readonly { readonly node: string; readonly findings: readonly Readonly<Record<string, unknown>>[] }[];
};

/** The environment of a program as a person's shell would give it. */
export async function childEnvironment(): Promise<NodeJS.ProcessEnv> {
  const kept = Object.entries(process.env).filter(([name]) => !NOT_FOR_CHILDREN.test(name));
  const found = await findBitcoind();
  return { ...Object.fromEntries(kept), ...('command' in found ? { REXNET_BITCOIND: found.command } : {}) };
}

/** A bitcoind, or the reason there is none as a skipped test gives it. */
export async function findBitcoind(): Promise<{ readonly command: string } | { readonly reason: string }> {
  const located = await locateBitcoind({
    configured: process.env['REXNET_BITCOIND'],
    searchPath: process.env['PATH'] ?? '',
    cacheDir: join(REPOSITORY, '.rexnet', '.bitcoind'),
    log: () => undefined,
  });
  return located.kind === 'found' ? { command: located.command } : { reason: `bitcoind: ${located.reason}` };
}

/** Runs a program of ours to its end. */
export async function runProgram(
  script: string,
  args: readonly string[],
  onStart: (pid: number) => void = () => undefined,
): Promise<Ended> {
  const env = await childEnvironment();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? undefined, stdout, stderr }));
    onStart(child.pid ?? 0);
  });
}

export type TestnetSpec = {
  readonly name: string;
  readonly groups: number;
  readonly nodesPerGroup: number;
  /** Offered by `run`; `up` offers nothing. */
  readonly tpsPerGroup: number;
};

export class Testnet {
  readonly folders: Folders;
  readonly #spec: TestnetSpec;
  readonly #base: string;
  #network: Promise<Network> | undefined;

  constructor(spec: TestnetSpec, base: string = inject('localFolder')) {
    this.#spec = spec;
    this.#base = base;
    this.folders = foldersOf(base, spec.name);
    mkdirSync(base, { recursive: true });
  }

  get groups(): readonly number[] {
    return Array.from({ length: this.#spec.groups }, (_, group) => group);
  }

  get nodes(): readonly string[] {
    return this.groups.flatMap((group) =>
      Array.from({ length: this.#spec.nodesPerGroup }, (_, ordinal) => `g${group}-n${ordinal}`),
    );
  }

  /** Runs, offers load, judges and stops, as `npm start -- --for` does; the report is the last line of standard output. */
  async run(seconds: number): Promise<Ended & { readonly report: RunReport }> {
    this.#writeFile(this.#spec.tpsPerGroup);
    const ended = await this.#rxctl('up', '-f', this.#file, '--for', `${seconds}s`);
    const last = ended.stdout.trim().split('\n').at(-1) ?? '';
    if (!last.startsWith('{')) throw new Error(`rxctl up ended with ${ended.code}: ${ended.stderr}`);
    return { ...ended, report: JSON.parse(last) as RunReport };
  }

  /** Running and without load when this returns, whatever an earlier test did to it. */
  async up(): Promise<void> {
    for (const name of this.nodes) this.signal(name, 'SIGCONT');
    if (this.owner !== undefined) return;
    this.#writeFile(0);
    const { code, stderr } = await this.#rxctl('up', '-f', this.#file, '--detach');
    if (code !== 0) throw new Error(`rxctl up ended with ${code}: ${stderr}\n${this.logTail('rxctl')}`);
    if (this.#spec.tpsPerGroup > 0) await this.#deployed();
  }

  async down(): Promise<void> {
    await (await this.#network)?.close();
    this.#network = undefined;
    if (existsSync(this.folders.state)) await this.#rxctl('down', '--name', this.#spec.name);
  }

  /** The rxctl that looks after it. */
  get owner(): ProcessIdentity | undefined {
    return lockOwner(this.folders.lock);
  }

  network(): Promise<Network> {
    this.#network ??= openNetwork(placeOfFiles(this.folders));
    return this.#network;
  }

  async ask(node: string): Promise<NodeAnswer | undefined> {
    return (await this.network()).ask(node);
  }

  /** Undefined for a node that does not answer. */
  async answers(nodes: readonly string[] = this.nodes): Promise<readonly (NodeAnswer | undefined)[]> {
    return Promise.all(nodes.map((node) => this.ask(node)));
  }

  async heights(nodes: readonly string[] = this.nodes): Promise<readonly number[]> {
    return (await this.answers(nodes)).map((answer) => answer?.height ?? -1);
  }

  /** Every one of these nodes has executed `blocks` more than when this was called. */
  async grows(blocks: number, withinMs: number, nodes: readonly string[] = this.nodes): Promise<void> {
    let before: readonly number[] = [];
    await until({
      what: 'an answer of every node',
      withinMs,
      look: () => this.heights(nodes),
      holds: (heights) => {
        before = heights;
        return heights.every((height) => height >= 0);
      },
    });
    await until({
      what: `${blocks} more blocks than ${before.join(' ')}`,
      withinMs,
      look: () => this.heights(nodes),
      holds: (heights) => heights.every((height, i) => height >= (before[i] ?? 0) + blocks),
    });
  }

  /** The process that runs under a name now: a node, a miner, bitcoind. */
  process(name: string): ProcessIdentity | undefined {
    return readIdentity(pidFile(this.folders, name));
  }

  signal(name: string, signal: NodeJS.Signals): boolean {
    const identity = this.process(name);
    return identity !== undefined && signalProcess(identity, signal);
  }

  /** Ends a process as a crash would, 'rxctl' being the one that looks after the others; false when it does not run. */
  async kill(name: string): Promise<boolean> {
    const identity = name === 'rxctl' ? this.owner : this.process(name);
    if (identity === undefined || !signalProcess(identity, 'SIGKILL')) return false;
    await until({
      what: `the end of ${name}`,
      withinMs: KILL_MAX_MS,
      look: () => isAlive(identity),
      holds: (lives) => !lives,
    });
    return true;
  }

  /** Makes bitcoind reorganise. */
  async forkParent(depth: number): Promise<{ readonly orphaned: readonly string[] }> {
    const { code, stdout, stderr } = await this.#rxctl(
      'parent',
      'fork',
      '--depth',
      `${depth}`,
      '--name',
      this.#spec.name,
    );
    if (code !== 0) throw new Error(`rxctl parent fork ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as { orphaned: string[] };
  }

  /** Executes chains of stopped nodes again: of all, or of the data folders named. */
  async auditDeep(...where: readonly string[]): Promise<Ended & { readonly report: DeepAudit }> {
    const options = where.length === 0 ? ['--name', this.#spec.name] : ['--genesis', this.folders.genesis];
    const ended = await this.#rxctl('audit', '--deep', ...where, ...options);
    if (!ended.stdout.startsWith('{')) throw new Error(`rxctl audit ended with ${ended.code}: ${ended.stderr}`);
    return { ...ended, report: JSON.parse(ended.stdout) as DeepAudit };
  }

  logTail(name: string, lines = 5): string {
    return tail(join(this.folders.logs, `${name}.log`), lines).join('\n');
  }

  get #file(): string {
    return join(this.#base, `${this.#spec.name}.yaml`);
  }

  #rxctl(...args: readonly string[]): Promise<Ended> {
    return runProgram(RXCTL, [...args, '--dir', this.#base, '-o', 'json']);
  }

  #writeFile(tpsPerGroup: number): void {
    const { name, groups, nodesPerGroup } = this.#spec;
    const spec = { groups, nodesPerGroup, contracts: [{ name: 'token' }], load: { tpsPerGroup } };
    const object = { apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata: { name }, spec };
    // JSON is YAML.
    writeFileSync(this.#file, JSON.stringify(object));
  }

  async #deployed(): Promise<void> {
    await until({
      what: 'the token contract',
      withinMs: UP_MAX_MS,
      look: () => JSON.parse(readFileSync(this.folders.progress, 'utf8')) as { contracts: { state: string }[] },
      holds: ({ contracts }) => contracts.every(({ state }) => state === 'Deployed'),
    });
  }
}

/** Four groups of one node and their load: brought up by whoever needs it first, stopped when all is over. */
export function sharedTestnet(base?: string): Testnet {
  return new Testnet({ name: 'four', groups: 4, nodesPerGroup: 1, tpsPerGroup: 100 }, base);
}
