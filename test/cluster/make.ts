// Finds or makes the cluster that a run of tests or a person asked for.
import { lastingHere } from './built/record.ts';
import { bringUp, type UpOptions } from './built/up.ts';
import { type Choice, chooseCluster } from './choose.ts';
import type { ClusterDescription, Skip } from './cluster-type.ts';
import { describeGiven } from './given.ts';
import { kindHere, kindObstacle, kindUp } from './kind.ts';

export type Made = {
  readonly description: ClusterDescription | Skip;
  /** Whether it was made now; else somebody else ends it. */
  readonly isNew: boolean;
};

/** What a person has up already is used, and left as it is. */
export async function makeCluster(isAsked: boolean, options: UpOptions): Promise<Made> {
  const kubeconfig = process.env['REXNET_KUBECONFIG'];
  const choice = chooseCluster({ kubeconfig, kindObstacle: await kindObstacle(), isAsked });
  const found = await findIt(choice);
  if (found !== undefined) return { description: found, isNew: false };
  const description = choice.kind === 'kind' ? await kindUp(options) : await bringUp(options);
  return { description, isNew: true };
}

async function findIt(choice: Choice): Promise<ClusterDescription | Skip | undefined> {
  switch (choice.kind) {
    case 'none':
      return { reason: choice.reason };
    case 'given':
      return describeGiven(choice.kubeconfig);
    case 'kind':
      return kindHere();
    case 'built':
      return lastingHere();
  }
}
