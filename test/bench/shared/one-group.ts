// One real node of a network with one group, and one miner over a toy parent chain, as processes; and what they cost. Its
// folder is the caller's.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeRpc } from '../../../node/src/rpc/node-client.ts';
import { allocatePorts, LOOPBACK } from '../../../rxctl/src/local/ports.ts';
import { until } from '../../local/until.ts';

const MAIN = fileURLToPath(new URL('../../../node/src/main.ts', import.meta.url));
const START_MAX_MS = 60_000;
const END_MAX_MS = 10_000;
const UTIME_INDEX = 11;
const STIME_INDEX = 12;
const TICK_MS = 10;

export class OneGroup {
  readonly rpc: NodeRpc;
  readonly node: ChildProcess;
  readonly miner: ChildProcess;

  private constructor(
    dir: string,
    ports: Readonly<Record<string, number>>,
    genesis: string,
    nodeFlags: readonly string[],
  ) {
    const at = (name: string): string => `${LOOPBACK}:${ports[name]}`;
    const peers = join(dir, 'peers.json');
    writeFileSync(peers, JSON.stringify({ groups: { 0: [{ node: 'g0', grpc: at('grpc'), peer: at('peer') }] } }));
    const common = ['--genesis', genesis, '--peers', peers];
    const listening = ['--grpc', at('grpc'), '--peer-grpc', at('peer'), '--metrics', at('metrics')];
    const ran = [...nodeFlags, MAIN, 'run', ...common, '--data', join(dir, 'data'), '--group', '0', ...listening];
    this.node = start(ran);
    this.miner = start([MAIN, 'mine', ...common, '--toy-parent', '--metrics', at('mining')]);
    this.rpc = new NodeRpc(at('grpc'));
  }

  /** Has a first block when this returns. `nodeFlags` go to the node's Node.js. */
  static async start(dir: string, genesis: Uint8Array, nodeFlags: readonly string[] = []): Promise<OneGroup> {
    const path = join(dir, 'genesis.bin');
    writeFileSync(path, genesis);
    const network = new OneGroup(
      dir,
      await allocatePorts(['grpc', 'peer', 'metrics', 'mining'], {}, () => false),
      path,
      nodeFlags,
    );
    try {
      await until({
        what: 'the first block',
        withinMs: START_MAX_MS,
        look: () =>
          network.rpc.status().then(
            ({ tip }) => tip.height,
            () => 0,
          ),
        holds: (height) => height > 0,
      });
      return network;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.rpc.close();
    await Promise.all([end(this.node), end(this.miner)]);
  }
}

/** Processor time of a process so far, all its threads. */
export function cpuMsOf({ pid }: Pick<ChildProcess, 'pid'>): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME_INDEX]) + Number(fields[STIME_INDEX])) * TICK_MS;
}

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  // Whatever ends the bench ends them: no handler of a signal may leave that out.
  const kill = (): boolean => child.kill('SIGKILL');
  process.prependOnceListener('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(1));
  }
  return child;
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(() => child.kill('SIGKILL'), END_MAX_MS);
    child.once('exit', () => {
      clearTimeout(late);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
