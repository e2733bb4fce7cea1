// The files by which the load generator is told what to do, before and while it runs, and the report it writes. It measures
// nothing itself.

import type { Control } from '@rexnet/load/control.ts';
import type { LoadReport } from '@rexnet/load/measure.ts';
import type { RunReport } from '@rexnet/load/report.ts';
import { CONTRACT_OF, type LoadSpecFile, type WorkloadName } from '@rexnet/load/spec.ts';
import type { Problem } from '@rexnet/operator/api/check.ts';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import { type LoadPlan, type LoadWish, wantedLoad } from '@rexnet/operator/plan/load.ts';
import type { Plan } from '@rexnet/operator/plan/plan.ts';
import { DEPLOYER_KEY, SHIPPED } from '@rexnet/operator/plan/shipped.ts';
import { readIfThere, writeAtomically } from './files.ts';
import type { Folders } from './folders.ts';

/** After the last submission the generator waits so long for what is still under way. */
export const DRAIN_SECONDS = 15;

/** What the generator writes: figures so far, and `done` with the last ones. */
export type LoadProgress = LoadReport &
  Pick<RunReport, 'done' | 'invalid' | 'balances' | 'window'> &
  Partial<Pick<RunReport, 'recentTps' | 'offeredTps' | 'pending' | 'workload' | 'generator'>>;

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
  const contract = contractOf(workload);
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
    control: folders.loadControl,
  };
  writeAtomically(folders.loadSpec, `${JSON.stringify(spec, undefined, 2)}\n`);
}

/** The shipped contract a workload calls, as the registry names it. */
export function contractOf(workload: WorkloadName): string | undefined {
  const name = CONTRACT_OF[workload];
  return name === undefined ? undefined : `${name}.${SHIPPED[name]?.contract}`;
}

/** Undefined while nobody has asked for another load than the file's. */
export function readLoadWish(folders: Folders): LoadWish | undefined {
  return parsed<LoadWish>(readIfThere(folders.loadWish));
}

export function writeLoadWish(folders: Folders, wish: LoadWish): void {
  writeAtomically(folders.loadWish, `${JSON.stringify(wish, undefined, 2)}\n`);
}

/** The plan with what is offered now instead of what the file says. */
export function withWishedLoad(plan: Plan, testnet: Pick<Testnet, 'spec'>, folders: Folders): Plan {
  const { load: _, ...rest } = plan;
  const load = wantedLoad(testnet, readLoadWish(folders));
  return load === undefined ? rest : { ...rest, load };
}

export function tellGenerator(folders: Folders, control: Control): void {
  writeAtomically(folders.loadControl, `${JSON.stringify(control)}\n`);
}

export function readLoadReport(folders: Folders): LoadProgress | undefined {
  return parsed<LoadProgress>(readIfThere(folders.loadReport));
}

/** A file that is not there, or not yet a JSON, says nothing. */
function parsed<T>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
