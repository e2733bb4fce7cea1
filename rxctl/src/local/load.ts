// The file by which the load generator is told what to do, and the report it writes. It measures nothing itself.
import type { LoadReport } from '@rexnet/load/measure.ts';
import type { RunReport } from '@rexnet/load/report.ts';
import type { LoadSpecFile } from '@rexnet/load/spec.ts';
import type { LoadPlan } from '@rexnet/operator/plan/plan.ts';
import { DEPLOYER_KEY, SHIPPED } from '@rexnet/operator/plan/shipped.ts';
import { readIfThere, writeAtomically } from './files.ts';
import type { Folders } from './folders.ts';

/** After the last submission the generator waits so long for what is still under way. */
export const DRAIN_SECONDS = 15;

/** What the generator writes: figures so far, and `done` with the last ones. */
export type LoadProgress = LoadReport &
  Pick<RunReport, 'done' | 'invalid' | 'balances'> & { readonly recentTps?: number };

const CONTRACT_OF: Readonly<Record<LoadPlan['workload'], string | undefined>> = {
  Transfer: undefined,
  Token: 'token',
  Airdrop: 'token',
  Poll: 'poll',
};

export function writeLoadSpec(folders: Folders, plan: LoadPlan, seconds: number | undefined): void {
  const name = CONTRACT_OF[plan.workload];
  const contract = name === undefined ? undefined : `${name}.${SHIPPED[name]?.contract}`;
  const spec: LoadSpecFile = {
    genesis: folders.genesis,
    peers: folders.peers,
    // The generator refuses, in words, what it cannot do yet.
    workload: plan.workload as LoadSpecFile['workload'],
    ...(contract === undefined ? {} : { contract }),
    owner: DEPLOYER_KEY,
    tps: plan.tps,
    ...(plan.crossGroupPercent === undefined ? {} : { crossGroupPercent: plan.crossGroupPercent }),
    ...(seconds === undefined ? {} : { seconds }),
    drainSeconds: DRAIN_SECONDS,
    report: folders.loadReport,
  };
  writeAtomically(folders.loadSpec, `${JSON.stringify(spec, undefined, 2)}\n`);
}

export function readLoadReport(folders: Folders): LoadProgress | undefined {
  const text = readIfThere(folders.loadReport);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as LoadProgress;
  } catch {
    return undefined;
  }
}
