// The load part of a plan: what a Testnet offers, and what a person has asked for instead while it runs. Pure.
import type { Testnet } from '../api/testnet.ts';

type LoadSpec = Testnet['spec']['load'];

export type LoadPlan = {
  readonly workload: LoadSpec['workload'];
  /** Offered to all groups together. */
  readonly tps: number;
  readonly generators: number;
  readonly crossGroupPercent?: number;
};

/** Said while a network runs. It holds as long as the file says what it said then. */
export type LoadWish = {
  readonly isWanted: boolean;
  readonly workload: LoadSpec['workload'];
  readonly tps: number;
  readonly crossGroupPercent?: number;
  /** `spec.load` and `spec.groups` of the file it was said about. */
  readonly over: LoadBasis;
};
type LoadBasis = { readonly load: LoadSpec; readonly groups: number };

/** Undefined for no load. */
export function planLoad({ spec }: Pick<Testnet, 'spec'>): LoadPlan | undefined {
  const { tpsPerGroup, workload, generators, crossGroupPercent } = spec.load;
  if (tpsPerGroup === 0) return undefined;
  return {
    workload,
    tps: tpsPerGroup * spec.groups,
    generators,
    ...(crossGroupPercent === undefined ? {} : { crossGroupPercent }),
  };
}

export function basisOf({ spec }: Pick<Testnet, 'spec'>): LoadBasis {
  return { load: spec.load, groups: spec.groups };
}

/** Whether a wish was said about this file; after a change of the file, the file counts. */
export function isAbout(wish: LoadWish, testnet: Pick<Testnet, 'spec'>): boolean {
  return JSON.stringify(wish.over) === JSON.stringify(basisOf(testnet));
}

/** What is to be offered: what was wished, else what is planned. */
export function wantedLoad(testnet: Pick<Testnet, 'spec'>, wish: LoadWish | undefined): LoadPlan | undefined {
  if (wish === undefined || !isAbout(wish, testnet)) return planLoad(testnet);
  if (!wish.isWanted) return undefined;
  const { workload, tps, crossGroupPercent } = wish;
  const { generators } = testnet.spec.load;
  return { workload, tps, generators, ...(crossGroupPercent === undefined ? {} : { crossGroupPercent }) };
}
