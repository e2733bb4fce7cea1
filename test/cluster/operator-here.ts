// The operator of this clone in a cluster, from install.yaml and images built here, with a namespace to try it in. Tests of what
// users do begin and end with it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { imageArchive } from '../../scripts/image/archives.ts';
import { ROOT } from '../../scripts/setup.mjs';
import type { Cluster, Skip } from './cluster-type.ts';

export const OPERATOR_NAMESPACE = 'rexnet-system';
const INSTALL = readFileSync(join(ROOT, 'install.yaml'), 'utf8');
/** Building the images is most of it. */
export const SETUP_MAX_MS = 600_000;

export async function installOperator(cluster: Cluster, namespace: string): Promise<void> {
  const world = { env: process.env, say: (line: string) => process.stderr.write(`image: ${line}\n`) };
  for (const kind of ['rexnet', 'bitcoind'] as const)
    await cluster.importImage((await imageArchive(kind, world)).archive);
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], INSTALL);
  await cluster.kubectl(['-n', OPERATOR_NAMESPACE, 'rollout', 'status', 'deployment', '--timeout=120s']);
  await cluster.kubectl(['create', 'namespace', namespace]);
}

/** One goes on when the machine of the other is lost. */
export async function doubleOperator(cluster: Cluster): Promise<void> {
  const inside = ['-n', OPERATOR_NAMESPACE];
  await cluster.kubectl([...inside, 'scale', 'deployment', 'rexnet-operator', '--replicas=2']);
  await cluster.kubectl([...inside, 'rollout', 'status', 'deployment', '--timeout=120s']);
}

export async function removeOperator(cluster: Cluster, namespace: string): Promise<void> {
  await cluster.kubectl(['delete', 'namespace', namespace, '--ignore-not-found']);
  await cluster.kubectl(['delete', '--ignore-not-found', '-f', '-'], INSTALL);
}

/** Both around the tests of a file, where there is a cluster. */
export function withOperator(cluster: Cluster | Skip, namespace: string): void {
  if ('reason' in cluster) return;
  beforeAll(() => installOperator(cluster, namespace), SETUP_MAX_MS);
  afterAll(() => removeOperator(cluster, namespace), SETUP_MAX_MS);
}
