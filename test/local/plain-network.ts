// A network without rxctl: the processes of a plan under a supervisor of the test's own, so that single ones can be left
// out, given other peers, or run on a genesis no testnet.yaml can ask for. Mines over a toy parent chain.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Constants, makeGenesis } from '../../node/src/chain/genesis.ts';
import { toHex } from '../../node/src/core/bytes.ts';
import { NodeRpc } from '../../node/src/rpc/node-client.ts';
import type { Plan } from '../../operator/src/plan/plan.ts';
import { openNetwork } from '../../rxctl/src/adapter.ts';
import type { ChildSpec } from '../../rxctl/src/local/child.ts';
import { childrenOf, PROGRAMS } from '../../rxctl/src/local/children.ts';
import { writeAtomically } from '../../rxctl/src/local/files.ts';
import { type Folders, foldersOf } from '../../rxctl/src/local/folders.ts';
import { prepareNetwork } from '../../rxctl/src/local/prepare.ts';
import { identify, isAlive } from '../../rxctl/src/local/process-identity.ts';
import { Supervisor } from '../../rxctl/src/local/supervisor.ts';
import type { Network, NodeAnswer } from '../../rxctl/src/network.ts';
import { placeOfFiles } from '../../rxctl/src/network-place.ts';
import { readTestnetFile } from '../../rxctl/src/testnet-file.ts';
import { until } from './until.ts';

export type PlainSpec = {
  readonly name: string;
  readonly groups: number;
  readonly nodesPerGroup: number;
  readonly miners: number;
  readonly blockInterval: string;
  readonly constants?: Partial<Constants>;
};

/** Which nodes a process knows of. */
export type Peers = (node: string) => boolean;
type Listed = { readonly node: string; readonly grpc: string; readonly peer: string };
type PeerFile = { readonly groups: Readonly<Record<string, readonly Listed[]>> };

const START_MAX_MS = 120_000;
const KILL_MAX_MS = 10_000;
const EVERYBODY: Peers = () => true;

export class PlainNetwork {
  readonly folders: Folders;
  readonly plan: Plan;
  readonly network: Network;
  readonly #children: ReadonlyMap<string, ChildSpec>;
  readonly #supervisor: Supervisor;

  private constructor(folders: Folders, plan: Plan, children: readonly ChildSpec[], network: Network) {
    this.folders = folders;
    this.plan = plan;
    this.network = network;
    this.#children = new Map(children.map((child) => [child.name, ownPeers(folders, child)]));
    this.#supervisor = new Supervisor(folders);
    for (const name of this.#children.keys()) this.setPeers(name, EVERYBODY);
  }

  /** All processes run and every node has a block when this returns. */
  static async start(spec: PlainSpec): Promise<PlainNetwork> {
    const started = await PlainNetwork.#prepare(spec);
    try {
      await Promise.all([...started.#children.keys()].map((name) => started.startProcess(name)));
      await started.reach(1);
      return started;
    } catch (error) {
      await started.close();
      throw error;
    }
  }

  static async #prepare({
    name,
    groups,
    nodesPerGroup,
    miners,
    blockInterval,
    constants,
  }: PlainSpec): Promise<PlainNetwork> {
    const base = mkdtempSync(join(tmpdir(), 'rexnet-plain-'));
    const path = join(base, `${name}.yaml`);
    const spec = { groups, nodesPerGroup, chain: { blockInterval }, bitcoin: { mode: 'None' }, mining: { miners } };
    const object = { apiVersion: 'rexnet.dev/v1alpha1', kind: 'Testnet', metadata: { name }, spec };
    writeFileSync(path, JSON.stringify(object));
    const read = readTestnetFile(path);
    if (!('file' in read)) throw new Error(JSON.stringify(read.problems));
    const folders = foldersOf(base, name);
    const absent = { kind: 'absent', reason: 'the test asks for none' } as const;
    const { plan, ports, parent } = await prepareNetwork(read.file.testnet, folders, absent);
    if (constants !== undefined) writeAtomically(folders.genesis, makeGenesis({ ...plan.genesis, constants }));
    const children = childrenOf({ plan, folders, ports, parent, programs: PROGRAMS, checkState: true });
    return new PlainNetwork(folders, plan, children, await openNetwork(placeOfFiles(folders)));
  }

  get nodes(): readonly string[] {
    return this.plan.groups.flatMap(({ nodes }) => nodes.map(({ name }) => name));
  }

  async startProcess(name: string): Promise<void> {
    const child = this.#children.get(name);
    if (child === undefined) throw new Error(`there is no process ${name}`);
    await this.#supervisor.ensure(child);
  }

  stopProcess(name: string): Promise<void> {
    return this.#supervisor.stop(name);
  }

  /** Sends a signal to a process that runs. */
  signal(name: string, signal: NodeJS.Signals): void {
    process.kill(this.#pid(name), signal);
  }

  /** Ends a process as a crash would: it is gone when this returns, and the supervisor starts another after its pause. */
  async kill(name: string): Promise<void> {
    const identity = identify(this.#pid(name));
    this.signal(name, 'SIGKILL');
    await until({
      what: `the end of ${name}`,
      withinMs: KILL_MAX_MS,
      look: () => identity !== undefined && isAlive(identity),
      holds: (lives) => !lives,
    });
  }

  #pid(name: string): number {
    const pid = this.#supervisor.states().find((state) => state.name === name)?.pid;
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  }

  restarts(): number {
    return this.#supervisor.states().reduce((sum, { restarts }) => sum + restarts, 0);
  }

  /** From now on a process knows these nodes, and strangers that are none of ours; it notices by itself. */
  setPeers(
    name: string,
    knows: Peers,
    strangers: readonly { readonly group: number; readonly peer: string }[] = [],
  ): void {
    const kept = Object.entries(this.#peers()).map(([group, nodes]) => [
      group,
      [
        ...nodes.filter(({ node }) => knows(node)),
        ...strangers
          .filter((stranger) => String(stranger.group) === group)
          .map(({ peer }) => ({ node: 'stranger', grpc: peer, peer })),
      ],
    ]);
    writeAtomically(peersFile(this.folders, name), JSON.stringify({ groups: Object.fromEntries(kept) }));
  }

  /** Where other nodes reach it. */
  peerAddress(name: string): string {
    return this.#listed(name).peer;
  }

  #listed(name: string): Listed {
    const found = Object.values(this.#peers())
      .flat()
      .find(({ node }) => node === name);
    if (found === undefined) throw new Error(`there is no node ${name}`);
    return found;
  }

  /** Undefined for a node that does not answer. */
  async answers(nodes: readonly string[] = this.nodes): Promise<readonly (NodeAnswer | undefined)[]> {
    return Promise.all(nodes.map((node) => this.network.ask(node)));
  }

  /** Id of the block a node has at a height, whatever others of its group have; undefined when it has none or is silent. */
  async blockId(name: string, height: number): Promise<string | undefined> {
    const node = new NodeRpc(this.#listed(name).grpc);
    try {
      return toHex((await node.getBlock({ height })).id);
    } catch {
      return undefined;
    } finally {
      node.close();
    }
  }

  async heights(nodes: readonly string[] = this.nodes): Promise<readonly number[]> {
    return (await this.answers(nodes)).map((answer) => answer?.height ?? -1);
  }

  async reach(height: number, nodes: readonly string[] = this.nodes, withinMs: number = START_MAX_MS): Promise<void> {
    await until({
      what: `height ${height} of ${nodes.join(', ')}`,
      withinMs,
      look: () => this.heights(nodes),
      holds: (heights) => heights.every((each) => each >= height),
    });
  }

  /** Every one of these has `blocks` more than the highest of them had. */
  async grow(blocks: number, nodes: readonly string[] = this.nodes, withinMs?: number): Promise<void> {
    await this.reach(Math.max(...(await this.heights(nodes))) + blocks, nodes, withinMs);
  }

  #peers(): PeerFile['groups'] {
    return (JSON.parse(readFileSync(this.folders.peers, 'utf8')) as PeerFile).groups;
  }

  async close(): Promise<void> {
    await this.network.close();
    await this.#supervisor.stopAll();
    if (process.env['REXNET_KEEP'] === undefined) rmSync(dirname(this.folders.root), { recursive: true, force: true });
  }
}

export function peersFile(folders: Folders, name: string): string {
  return join(folders.root, `peers-${name}.json`);
}

/** The same process with a peers file of its own. */
function ownPeers(folders: Folders, child: ChildSpec): ChildSpec {
  const args = child.args.map((arg) => (arg === folders.peers ? peersFile(folders, child.name) : arg));
  return { ...child, args };
}
