// What the words of rxctl load mean, wherever the network is: rates, shares, workloads; and its figures as text. Pure.
import type { WorkloadName } from '@rexnet/load/spec.ts';
import type { Testnet } from '@rexnet/operator/api/testnet.ts';
import type { LoadWish } from '@rexnet/operator/plan/load.ts';
import type { CommonOptions } from './context.ts';
import { CliError, EXIT } from './exit.ts';

export type LoadOptions = CommonOptions & {
  readonly tps?: string;
  readonly tpsPerGroup?: string;
  readonly workload?: string;
  readonly crossGroupPercent?: string;
};

export type Workload = LoadWish['workload'];
/** Those a Testnet may ask for; the others are for benches. */
export const OFFERED: readonly Workload[] = ['Token', 'Transfer', 'Airdrop', 'Poll'] satisfies readonly WorkloadName[];
const TPS_MAX = 1_000_000;

export type Figures = { readonly [key: string]: string | number | null };

export function textOf(figures: Figures): string {
  const { state, workload, wantedTps, tps, offered, completed, failed, pending, p50Ms, p95Ms, p99Ms, invalid } =
    figures;
  if (offered === 0 && state === 'Stopped') return 'Stopped: nothing has been offered in this run';
  const seconds = (ms: unknown): string => `${(Number(ms) / 1_000).toFixed(1)} s`;
  return [
    `${state}: ${workload}, ${wantedTps} transactions a second wanted, ${tps} completed lately`,
    `  offered ${offered}, completed ${completed}, failed ${failed}, under way ${pending}`,
    `  from intended send to completed: p50 ${seconds(p50Ms)}, p95 ${seconds(p95Ms)}, p99 ${seconds(p99Ms)}`,
    ...(invalid === null ? [] : [`  invalid: ${invalid}`]),
  ].join('\n');
}

export function rateOf({ tps, tpsPerGroup }: LoadOptions, { spec }: Pick<Testnet, 'spec'>): number | undefined {
  if (tps !== undefined && tpsPerGroup !== undefined)
    throw new CliError(EXIT.usage, '--tps and --tps-per-group exclude each other', 'write one of them');
  const text = tps ?? tpsPerGroup;
  if (text === undefined) return undefined;
  const rate = Number(text) * (tps === undefined ? spec.groups : 1);
  if (!(rate > 0 && rate <= TPS_MAX)) throw new CliError(EXIT.usage, `${text} is no rate`, 'write --tps 400');
  return rate;
}

export function shareOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const share = Number(text);
  if (!(share >= 0 && share <= 100))
    throw new CliError(EXIT.usage, `--cross-group-percent ${text} is no share`, 'write a number from 0 to 100');
  return share;
}

export function workloadOf(text: string | undefined): Workload | undefined {
  if (text === undefined) return undefined;
  const found = OFFERED.find((name) => name === text);
  if (found === undefined)
    throw new CliError(EXIT.usage, `--workload ${text} is no workload`, `write one of ${OFFERED.join(', ')}`);
  return found;
}
