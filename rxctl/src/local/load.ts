// The file by which the load generator is told what to do, and the report it writes. It measures nothing itself.
import type { LoadReport } from '@rexnet/load/measure.ts';
import type { RunReport } from '@rexnet/load/report.ts';
import { CONTRACT_OF, type LoadSpecFile } from '@rexnet/load/spec.ts';
import type { Problem } from '@rexnet/operator/api/check.ts';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import type { LoadPlan } from '@rexnet/operator/plan/plan.ts';
import { DEPLOYER_KEY, SHIPPED } from '@rexnet/operator/plan/shipped.ts';
import { readIfThere, writeAtomically } from './files.ts';
import type { Folders } from './folders.ts';

/** After the last submission the generator waits so long for what is still under way. */
export const DRAIN_SECONDS = 15;

/** What the generator writes: figures so far, and `done` with the last ones. */
export type LoadProgress = LoadReport &
  Pick<RunReport, 'done' | 'invalid' | 'balances' | 'window'> & { readonly recentTps?: number };

/** What a Testnet's load needs and the Testnet does not have. */
export function loadProblems({ spec: { load, contracts = [] } }: Testnet): readonly Problem[] {
  if (load.tpsPerGroup === 0) return [];
  const path = ['spec', 'load', 'workload'];
  const needed = CONTRACT_OF[load.workload];
  if (needed === undefined || contracts.some(({ name }) => name === needed)) return [];
  const message = `spec.load.workload is ${load.workload}, which calls the contract ${needed}, and spec.contracts does not list it`;
  return [{ path, message, cure: `add contracts: [{name: ${needed}}] to spec` }];
}

export function writeLoadSpec(folders: Folders, plan: LoadPlan, seconds: number | undefined): void {
  const { workload } = plan;
  const name = CONTRACT_OF[workload];
  const contract = name === undefined ? undefined : `${name}.${SHIPPED[name]?.contract}`;
  const spec: LoadSpecFile = {
    genesis: folders.genesis,
    peers: folders.peers,
    workload,
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
