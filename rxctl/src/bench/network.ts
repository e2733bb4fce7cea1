// A network of one measurement: fresh, in a folder of its own, by the same code as `rxctl up`, gone when it is closed. It loads
// and measures nothing.
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeGenesis } from '@rexnet/node/chain/genesis.ts';
import { API_VERSION } from '@rexnet/operator/api/definition.ts';
import { parseTestnet } from '@rexnet/operator/api/parse.ts';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import type { Plan } from '@rexnet/operator/plan/plan.ts';
import { DEPLOYER_KEY } from '@rexnet/operator/plan/shipped.ts';
import { openNetwork } from '../adapter.ts';
import { devKey } from '../context.ts';
import type { ChildSpec } from '../local/child.ts';
import { childrenOf, PROGRAMS } from '../local/children.ts';
import { contractTexts, deployContracts } from '../local/contracts.ts';
import { writeAtomically } from '../local/files.ts';
import { type Folders, foldersOf } from '../local/folders.ts';
import { prepareNetwork } from '../local/prepare.ts';
import { Supervisor } from '../local/supervisor.ts';
import type { Network } from '../network.ts';
import { placeOfFiles } from '../network-place.ts';
import { BenchError } from './bench-error.ts';
import { crowd } from './crowd.ts';
import { stepBack, stepBackSession } from './step-back.ts';
import type { Watched } from './usage.ts';

/** What a measurement asks of its network; the rest are the defaults of a Testnet. */
export interface NetworkWish {
  readonly groups: number;
  /** `spec.chain` of the Testnet. */
  readonly chain: Readonly<Record<string, string | number>>;
  /** Names of shipped contracts. */
  readonly contracts: readonly string[];
  /** Further words for the miner. */
  readonly minerArgs: readonly string[];
  /** Accounts in genesis that do nothing. */
  readonly crowd: number;
}

const NAME = 'bench';
const FIRST_BLOCK_MAX_MS = 240_000;
const POLL_MS = 200;
const SNAPSHOT_BLOCKS = 32;
/** Hashing is no part of what is measured, and at the floor a beat takes a millisecond of it. */
const MINING = { miners: 1, cpuPercent: 10 };

export class BenchNetwork implements AsyncDisposable {
  readonly folders: Folders;
  readonly plan: Plan;
  readonly network: Network;
  readonly #supervisor: Supervisor;
  readonly #deaths: string[];

  private constructor(folders: Folders, plan: Plan, network: Network, supervisor: Supervisor, deaths: string[]) {
    this.folders = folders;
    this.plan = plan;
    this.network = network;
    this.#supervisor = supervisor;
    this.#deaths = deaths;
  }

  /** Every group has a block and every contract is deployed when this returns. */
  static async start(base: string, wish: NetworkWish, signal: AbortSignal): Promise<BenchNetwork> {
    const testnet = testnetOf(wish);
    mkdirSync(base, { recursive: true });
    const folders = foldersOf(base, NAME);
    const absent = { kind: 'absent', reason: 'a bench mines over a toy parent chain' } as const;
    const { plan, ports, parent } = await prepareNetwork(testnet, folders, absent);
    if (wish.crowd > 0) writeAtomically(folders.genesis, withCrowd(plan, wish.crowd));
    const deaths: string[] = [];
    const supervisor = new Supervisor(folders, {
      onEvent: (event) => {
        if (event.kind === 'ended') deaths.push(event.name);
      },
    });
    const made = new BenchNetwork(folders, plan, await openNetwork(placeOfFiles(folders)), supervisor, deaths);
    try {
      const children = childrenOf({ plan, folders, ports, parent, programs: PROGRAMS, checkState: false });
      await Promise.all(children.map((child) => supervisor.ensure(asMeasured(child, wish.minerArgs))));
      for (const pid of made.nodePids().values()) stepBackSession(pid);
      await made.#firstBlocks(signal);
      await made.#deploy(signal);
      return made;
    } catch (error) {
      await made.close();
      throw error;
    }
  }

  /** The processes that are the system, by role. */
  processes(): readonly Watched[] {
    return this.#supervisor.states().flatMap(({ name, pid }): Watched[] => {
      if (pid === undefined) return [];
      return [{ pid, role: name.startsWith('miner') ? 'miner' : name === 'bitcoind' ? 'bitcoind' : 'node' }];
    });
  }

  /** Process of each node, by name. */
  nodePids(): ReadonlyMap<string, number> {
    const names = new Set(this.plan.groups.flatMap(({ nodes }) => nodes.map(({ name }) => name)));
    return new Map(
      this.#supervisor
        .states()
        .flatMap(({ name, pid }): [string, number][] => (pid === undefined || !names.has(name) ? [] : [[name, pid]])),
    );
  }

  /** A process that ended meanwhile, which none should. */
  get death(): string | undefined {
    return this.#deaths[0];
  }

  async close(): Promise<void> {
    await this.#supervisor.stopAll();
    await this.network.close();
    if (process.env['REXNET_KEEP'] === undefined) rmSync(dirname(this.folders.root), { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #firstBlocks(signal: AbortSignal): Promise<void> {
    const deadlineMs = performance.now() + FIRST_BLOCK_MAX_MS;
    const nodes = this.plan.groups.flatMap((group) => group.nodes.map(({ name }) => name));
    for (;;) {
      const answers = await Promise.all(nodes.map((node) => this.network.ask(node)));
      const missing = nodes.filter((_, index) => (answers[index]?.height ?? 0) < 1);
      if (missing.length === 0) return;
      if (performance.now() > deadlineMs) throw new BenchError(`no first block of ${missing.join(', ')}`);
      await delay(POLL_MS, undefined, { signal });
    }
  }

  async #deploy(signal: AbortSignal): Promise<void> {
    const { contracts } = this.plan;
    if (contracts.length === 0) return;
    let failed: string | undefined;
    await deployContracts({
      network: this.network,
      signer: devKey(placeOfFiles(this.folders), DEPLOYER_KEY),
      contracts: contractTexts(contracts, new Map()),
      onChange: (states) => {
        const wrong = states.find(({ state }) => state === 'Failed');
        if (wrong !== undefined) failed = `${wrong.name} was not deployed: ${wrong.detail}`;
      },
      signal,
    });
    if (failed !== undefined) throw new BenchError(failed);
  }
}

function testnetOf({ groups, chain, contracts }: NetworkWish): Testnet {
  const parsed = parseTestnet({
    apiVersion: API_VERSION,
    kind: 'Testnet',
    metadata: { name: NAME },
    spec: {
      groups,
      nodesPerGroup: 1,
      chain,
      bitcoin: { mode: 'None' },
      mining: MINING,
      contracts: contracts.map((name) => ({ name })),
    },
  });
  if ('testnet' in parsed) return parsed.testnet;
  throw new BenchError(parsed.problems.map(({ message }) => message).join('; '));
}

/** With snapshots so often that a short run has one: what a node keeps on disk is to be seen. */
function withCrowd(plan: Plan, count: number): Uint8Array {
  const accounts = [...plan.genesis.accounts, ...crowd(count)];
  return makeGenesis({ ...plan.genesis, accounts, constants: { checkpointEvery: SNAPSHOT_BLOCKS } });
}

/** The miner gets its further words, nodes step back behind those who watch them. */
function asMeasured(child: ChildSpec, minerArgs: readonly string[]): ChildSpec {
  if (child.args.includes('mine')) return { ...child, args: [...child.args, ...minerArgs] };
  return stepBack(child);
}
