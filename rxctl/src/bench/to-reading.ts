// From the generator's last report and what the machine did meanwhile to a reading for the verdict. Pure.
import type { NetworkFacts, RunReport } from '@rexnet/load/report.ts';
import type { Gate, Profile, Reading } from '@rexnet/load/verdict/reading.ts';
import { isBehind } from '@rexnet/load/verdict/validity.ts';
import type { Usage } from './usage.ts';

export interface Measured {
  readonly profile: Profile;
  readonly groups: number;
  readonly repeat: number;
  readonly report: RunReport;
  readonly usage: Usage;
  /** What is checked beside the generator's own gates. */
  readonly gates: readonly Gate[];
  readonly mayLeaveBacklog: boolean;
}

/** Throws when the report holds no window: it is not from the end of a run. */
export function toReading(measured: Measured): Reading {
  const { profile, groups, repeat, report, usage, gates, mayLeaveBacklog } = measured;
  const { window, generator, network, gasLimit } = report;
  if (window === undefined)
    return brokenReading({ groups, repeat }, report.invalid ?? 'the load was too short for a window of blocks');
  const capacityTps = profile === 'capped' ? capacityOf(network, gasLimit) : undefined;
  const facts = {
    tps: window.tps,
    offeredTps: report.offeredTps,
    ...(capacityTps === undefined ? {} : { capacityTps }),
  };
  // Who is behind leaves a backlog; that he is, the verdict says.
  const mayLeave = mayLeaveBacklog || isBehind(facts);
  const perSecond = 1 / usage.seconds;
  return {
    groups,
    repeat,
    offered: window.offered,
    completed: window.completed,
    ...facts,
    utps: window.utps,
    p50Ms: window.p50Ms,
    p95Ms: window.p95Ms,
    p99Ms: window.p99Ms,
    crossGroupShare: window.crossGroupShare,
    byGroup: window.groups.map(({ group, tps, windowMs, blocks }) => ({
      group,
      tps,
      blockMs: blocks > 0 ? windowMs / blocks : Number.POSITIVE_INFINITY,
    })),
    cpuSecondsPerTx: Object.fromEntries(
      Object.entries(usage.cpuSeconds).map(([role, seconds]) => [
        role,
        window.tps > 0 ? (seconds * perSecond) / window.tps : 0,
      ]),
    ),
    generator: {
      loopLagP99Ms: generator.loopLagP99Ms,
      cpuShare: generator.cpuShare,
      sentOverOffered: generator.sentOverOffered,
    },
    machine: usage.machine,
    gates: [...gatesOf(report, mayLeave), ...gates],
  };
}

/**
 * What the protocol lets all groups do: a block admits transactions while the sum of their budgets stays within the users'
 * share of its gas, and only whole ones.
 */
export function capacityOf(
  { groups, userGas, blockIntervalMs }: Pick<NetworkFacts, 'groups' | 'userGas' | 'blockIntervalMs'>,
  gasLimit: number,
): number {
  return (groups * Math.floor(userGas / gasLimit) * 1_000) / blockIntervalMs;
}

function gatesOf({ gates }: RunReport, mayLeaveBacklog: boolean): readonly Gate[] {
  if (gates === undefined) return [{ name: 'gates', isMet: false, detail: 'the generator checked none' }];
  const { passed, judged, supply, balances, lost, doubled, underWay } = gates;
  const detail = `supply ${supply}, balances ${balances}, ${lost} relay trees lost, ${doubled} invocations doubled, ${underWay} trees under way`;
  const books: Gate = { name: 'books', isMet: passed, detail };
  return mayLeaveBacklog ? [books] : [books, { name: 'everything judged', isMet: judged, detail }];
}

/** A run that came to no end. */
export function brokenReading(
  { groups, repeat }: { readonly groups: number; readonly repeat: number },
  broken: string,
): Reading {
  return {
    groups,
    repeat,
    offered: 0,
    completed: 0,
    offeredTps: 0,
    tps: 0,
    utps: 0,
    p50Ms: 0,
    p95Ms: 0,
    p99Ms: 0,
    crossGroupShare: 0,
    byGroup: [],
    cpuSecondsPerTx: {},
    generator: { loopLagP99Ms: 0, cpuShare: 0, sentOverOffered: 1 },
    machine: { busyShare: 0, foreignShare: 0, stealShare: 0, waitShare: 0, throttledShare: 0 },
    gates: [],
    broken,
  };
}
