// The kinds of Prometheus' operator, as it publishes them in its Go module, installed for a test where the cluster has none.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster, Skip } from './cluster-type.ts';
import { reasonOf } from './errors.ts';
import { findProgram, run } from './program.ts';

const MODULE = 'github.com/prometheus-operator/prometheus-operator@v0.85.0';
const FOLDER = ['example', 'prometheus-operator-crd'];
const GROUP = 'monitoring.coreos.com';
const MONITORING_KINDS = ['podmonitors', 'servicemonitors', 'prometheusrules'] as const;

export type ForeignKinds = {
  /** Leaves those that were there before. */
  remove(kind: (typeof MONITORING_KINDS)[number]): Promise<void>;
  removeAll(): Promise<void>;
};

export async function installMonitoringKinds(cluster: Cluster): Promise<ForeignKinds | Skip> {
  const there = await cluster.kubectl(['get', 'crds', '-o', 'name']);
  const missing = MONITORING_KINDS.filter((kind) => !there.includes(`/${kind}.${GROUP}`));
  if (missing.length > 0) {
    const folder = await published();
    if ('reason' in folder) return folder;
    const texts = missing.map((kind) => readFileSync(join(folder.path, `${GROUP}_${kind}.yaml`), 'utf8'));
    await cluster.kubectl(['apply', '--server-side', '-f', '-'], texts.join('\n---\n'));
    const crds = missing.map((kind) => `crd/${kind}.${GROUP}`);
    await cluster.kubectl(['wait', '--for=condition=Established', ...crds, '--timeout=30s']);
  }
  const remove = async (kinds: readonly string[]): Promise<void> => {
    const ours = kinds.filter((kind) => missing.some((one) => one === kind)).map((kind) => `crd/${kind}.${GROUP}`);
    if (ours.length > 0) await cluster.kubectl(['delete', '--ignore-not-found', ...ours]);
  };
  return { remove: (kind) => remove([kind]), removeAll: () => remove(missing) };
}

async function published(): Promise<{ readonly path: string } | Skip> {
  if (findProgram('go') === undefined)
    return { reason: 'cluster: there is no Go to fetch the kinds of Prometheus with' };
  try {
    const { Dir } = JSON.parse(await run('go', ['mod', 'download', '-json', MODULE])) as { readonly Dir: string };
    return { path: join(Dir, ...FOLDER) };
  } catch (error) {
    return { reason: `cluster: the kinds of Prometheus could not be fetched: ${reasonOf(error)}` };
  }
}
