// Looks at a local network as it is now: which processes live, what nodes answer. It changes nothing and waits for nobody
// longer than the network port does.
import type { Plan } from '@rexnet/operator/plan/plan.ts';
import type { BitcoinObserved, NodeObserved, Observed } from '@rexnet/operator/plan/status.ts';
import type { Network, NodeAnswer } from '../network.ts';
import { findLeftover } from './child.ts';
import type { Folders } from './folders.ts';
import type { Progress } from './state.ts';

export type LocalView = { readonly observed: Observed; readonly answers: readonly NodeAnswer[] };

export type ObserveInput = {
  readonly plan: Plan;
  readonly folders: Folders;
  readonly network: Network;
  readonly progress: Progress | undefined;
  readonly nowMs: number;
  readonly tps?: number;
};

export async function observe({ plan, folders, network, progress, nowMs, tps }: ObserveInput): Promise<LocalView> {
  const lives = (name: string): boolean => findLeftover(folders, name) !== undefined;
  const nodes = plan.groups.flatMap((group) => group.nodes);
  const asked = await Promise.all(
    nodes.map(async ({ name }) => [name, lives(name) ? await network.ask(name) : undefined] as const),
  );
  const answers = new Map(asked);
  const bestHeight = (group: number): number =>
    Math.max(0, ...asked.flatMap(([, answer]) => (answer?.group === group ? [answer.height] : [])));
  const toNode = (name: string, group: number): NodeObserved => {
    const answer = answers.get(name);
    const process = lives(name) ? 'Running' : plan.suspended ? 'Stopped' : 'Restarting';
    if (answer === undefined) return { name, process };
    // A node that knows its group's chain only in part is not in sync, whatever it believes.
    const inSync = answer.inSync && answer.height + IN_SYNC_BLOCKS >= bestHeight(group);
    return {
      name,
      process,
      answer: { height: answer.height, tipAgeMs: Math.max(0, nowMs - answer.tipTimestampMs), inSync },
    };
  };
  const bitcoinHeight = Math.max(0, ...asked.map(([, answer]) => answer?.bitcoinHeight ?? 0));
  return {
    answers: asked.flatMap(([, answer]) => (answer === undefined ? [] : [answer])),
    observed: {
      groups: plan.groups.map(({ group, nodes: members }) => ({
        group,
        nodes: members.map(({ name }) => toNode(name, group)),
      })),
      idleGroups: plan.groups.filter(({ partitions }) => partitions.count === 0).map(({ group }) => group),
      blockIntervalMs: plan.genesis.chain.blockIntervalMs,
      miners: { wanted: plan.miners.length, running: plan.miners.filter(({ name }) => lives(name)).length },
      ...(progress?.firstBlockMs === undefined ? {} : { firstBlockMs: progress.firstBlockMs }),
      contracts: progress?.contracts ?? plan.contracts.map(({ name }) => ({ name, state: 'Waiting' as const })),
      bitcoin: bitcoinOf(plan, lives('bitcoind'), bitcoinHeight),
      load: { wantedTps: plan.load?.tps ?? 0, isRunning: lives('load') },
      isDataDurable: true,
      isSuspended: plan.suspended,
      ...(tps === undefined ? {} : { tps }),
    },
  };
}

const IN_SYNC_BLOCKS = 3;

function bitcoinOf(plan: Plan, isRunning: boolean, height: number): BitcoinObserved {
  if (plan.bitcoin.kind === 'toy')
    return plan.bitcoin.reason === undefined ? { kind: 'none' } : { kind: 'absent', reason: plan.bitcoin.reason };
  return isRunning && height > 0 ? { kind: 'regtest', height } : { kind: 'regtest' };
}
