// From a generator's last report to what the verdict takes of it. Pure; what the machine did meanwhile is added by whoever saw it.
import type { NetworkFacts, RunReport, WindowFigures } from './report.ts';
import { brokenReading } from './verdict/broken-reading.ts';
import type { Gate, MachineReading, Reading } from './verdict/reading.ts';
import { isBehind } from './verdict/validity.ts';

export type WindowReading = Pick<
  Reading,
  'offered' | 'completed' | 'tps' | 'utps' | 'p50Ms' | 'p95Ms' | 'p99Ms' | 'crossGroupShare' | 'byGroup'
>;

/** As a generator alone sees its run: the capacity is there whatever the profile, and only its own processor is counted. */
export function readingOfRun(report: RunReport, machine: MachineReading): Reading {
  const { window, generator, network, gasLimit, offeredTps } = report;
  const place = { groups: network.groups, repeat: 0 };
  if (window === undefined)
    return brokenReading(place, report.invalid ?? 'the load was too short for a window of blocks');
  const facts = { tps: window.tps, offeredTps, capacityTps: capacityOf(network, gasLimit) };
  const { loopLagP99Ms, cpuShare, sentOverOffered } = generator;
  return {
    ...place,
    ...figuresOf(window),
    ...facts,
    cpuSecondsPerTx: { generator: generator.cpuMicrosPerTransaction / 1e6 },
    generator: { loopLagP99Ms, cpuShare, sentOverOffered },
    machine,
    gates: gatesOf(report, isBehind(facts)),
  };
}

export function figuresOf(window: WindowFigures): WindowReading {
  const { offered, completed, tps, utps, p50Ms, p95Ms, p99Ms, crossGroupShare, groups } = window;
  const byGroup = groups.map(({ group, tps: own, windowMs, blocks }) => ({
    group,
    tps: own,
    blockMs: blocks > 0 ? windowMs / blocks : Number.POSITIVE_INFINITY,
  }));
  return { offered, completed, tps, utps, p50Ms, p95Ms, p99Ms, crossGroupShare, byGroup };
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

/** Who is behind leaves a backlog that could not be judged, and that is no fault. */
export function gatesOf({ gates }: Pick<RunReport, 'gates'>, mayLeaveBacklog: boolean): readonly Gate[] {
  if (gates === undefined) return [{ name: 'gates', isMet: false, detail: 'the generator checked none' }];
  const { passed, judged, supply, balances, lost, doubled, underWay } = gates;
  const detail = `supply ${supply}, balances ${balances}, ${lost} relay trees lost, ${doubled} invocations doubled, ${underWay} trees under way`;
  const books: Gate = { name: 'books', isMet: passed, detail };
  return mayLeaveBacklog ? [books] : [books, { name: 'everything judged', isMet: judged, detail }];
}
