// The figures of a run: the one JSON object it ends with, its live line, and the exit code they mean. Pure.
import type { Status } from '@rexnet/operator/plan/status.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { LoadProgress } from './local/load.ts';
import type { NodeAnswer, Parents } from './network.ts';

export type RunReport = {
  readonly network: string;
  readonly groups: number;
  readonly nodes: number;
  readonly firstBlockSeconds: number | null;
  readonly offered: number;
  readonly completed: number;
  readonly failed: number;
  readonly lost: number;
  readonly doubled: number;
  readonly tps: number;
  readonly crossGroupShare: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly executedP95Ms: number;
  /** Of the groups, ascending. */
  readonly heights: readonly number[];
  /** L2 blocks by the kind of parent header that proved them. */
  readonly parents: Parents;
  readonly bitcoinHeight: number;
  /** 'clean', or what does not add up. */
  readonly audit: string;
};

export type RunFacts = {
  readonly network: string;
  readonly groups: number;
  readonly nodes: number;
  readonly firstBlockMs: number | undefined;
  readonly load: LoadProgress | undefined;
  readonly answers: readonly NodeAnswer[];
  readonly audit: string;
};

/** Of what was offered, so much must complete for a run to count as good. */
/** What the generator says when the chain holds what the signed transactions imply. */
const BALANCES_MATCH = 'match';
const COMPLETED_SHARE_MIN = 0.98;

export function reportOf({ network, groups, nodes, firstBlockMs, load, answers, audit }: RunFacts): RunReport {
  return {
    network,
    groups,
    nodes,
    firstBlockSeconds: firstBlockMs === undefined ? null : Math.round(firstBlockMs / 100) / 10,
    offered: load?.offered ?? 0,
    completed: load?.completed ?? 0,
    failed: load?.failed ?? 0,
    lost: load?.lost ?? 0,
    doubled: load?.doubled ?? 0,
    tps: load?.tps ?? 0,
    crossGroupShare: load?.crossGroupShare ?? 0,
    p50Ms: load?.p50Ms ?? 0,
    p95Ms: load?.p95Ms ?? 0,
    executedP95Ms: load?.executedP95Ms ?? 0,
    heights: heightsOf(answers, groups),
    parents: parentsOf(answers),
    bitcoinHeight: Math.max(0, ...answers.map((answer) => answer.bitcoinHeight)),
    audit,
  };
}

export function heightsOf(answers: readonly NodeAnswer[], groups: number): readonly number[] {
  return Array.from({ length: groups }, (_, group) =>
    Math.max(0, ...answers.flatMap((answer) => (answer.group === group ? [answer.height] : []))),
  );
}

/** Nodes of one group count the same blocks, so one of each group speaks. */
export function parentsOf(answers: readonly NodeAnswer[]): Parents {
  const highest = new Map<number, NodeAnswer>();
  for (const answer of answers)
    if ((highest.get(answer.group)?.height ?? -1) < answer.height) highest.set(answer.group, answer);
  const sum = (kind: keyof Parents): number =>
    [...highest.values()].reduce((total, answer) => total + answer.parents[kind], 0);
  return { onChain: sum('onChain'), orphan: sum('orphan'), premature: sum('premature') };
}

export type Judgement = { readonly code: ExitCode; readonly reason: string };

/** What a run was worth, worst thing first. */
export function judge(
  report: RunReport,
  load: { readonly isWanted: boolean; readonly invalid: string | undefined; readonly balances: string | undefined },
  ready: Status['conditions'][number] | undefined,
): Judgement {
  if (report.firstBlockSeconds === null) return { code: EXIT.timeout, reason: 'not every group made a block' };
  if (report.audit !== 'clean') return { code: EXIT.verdictNotMet, reason: report.audit };
  if (load.isWanted && load.invalid !== undefined) return { code: EXIT.measurementInvalid, reason: load.invalid };
  if (load.isWanted && report.offered === 0)
    return { code: EXIT.measurementInvalid, reason: 'the load generator offered nothing' };
  if (load.balances !== undefined && load.balances !== BALANCES_MATCH)
    return { code: EXIT.verdictNotMet, reason: `balances: ${load.balances}` };
  if (report.doubled > 0) return { code: EXIT.verdictNotMet, reason: `${report.doubled} transactions ran twice` };
  if (report.completed < COMPLETED_SHARE_MIN * report.offered)
    return { code: EXIT.verdictNotMet, reason: `${report.completed} of ${report.offered} transactions completed` };
  if (ready !== undefined && ready.status !== 'True') return { code: EXIT.degraded, reason: ready.message };
  return { code: EXIT.ok, reason: 'all well' };
}

/** One line for a terminal, cut to its width. */
export function liveLine(report: RunReport, ready: Status['conditions'][number] | undefined, columns: number): string {
  const { heights, tps, completed, offered, p95Ms, parents, bitcoinHeight } = report;
  const figures = [
    `heights ${heights.join(' ')}`,
    `${tps.toFixed(0)} tps`,
    `completed ${completed}/${offered}`,
    `p95 ${(p95Ms / 1000).toFixed(1)}s`,
    `parents ${parents.onChain} on chain, ${parents.orphan} orphan, ${parents.premature} premature`,
    `btc#${bitcoinHeight}`,
  ];
  const text =
    ready === undefined || ready.status === 'True' ? figures.join(' · ') : `${heights.join(' ')} · ${ready.message}`;
  return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
}
