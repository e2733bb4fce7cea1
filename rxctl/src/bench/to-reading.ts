// From the generator's last report and what the machine did meanwhile to a reading for the verdict. Pure.
import type { RunReport } from '@rexnet/load/report.ts';
import { capacityOf, figuresOf, gatesOf } from '@rexnet/load/run-reading.ts';
import { brokenReading } from '@rexnet/load/verdict/broken-reading.ts';
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
    ...figuresOf(window),
    ...facts,
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
