// Tests whose operators are processes of this machine: set up around the tests of a file, with a namespace for each Testnet they make, and
// nothing left of them. Pods must be reached from here, so only a cluster that is built here will do.
import { afterAll, beforeAll, test } from 'vitest';
import type { Cluster, Skip } from './cluster-type.ts';
import { installOperator, removeOperator, SETUP_MAX_MS } from './operator-here.ts';
import { OperatorProcess, type OperatorProcessOptions, stopOperatorsOf } from './operator-process.ts';

export type OperatorsWanted<Each extends readonly unknown[]> = {
  readonly namespaces: readonly [string, ...string[]];
  readonly operators: Each;
};

/** Prepared, not started. */
type Prepared<Each extends readonly unknown[]> = { readonly [Index in keyof Each]: OperatorProcess };
type Body<Each extends readonly unknown[]> = (cluster: Cluster, operators: Prepared<Each>) => Promise<void>;

/** What defines a test of this file. When one fails, its operators say what they logged. */
export function withOperators<const Each extends readonly Omit<OperatorProcessOptions, 'cluster'>[]>(
  cluster: Cluster | Skip,
  { namespaces: [namespace, ...others], operators: wanted }: OperatorsWanted<Each>,
): (name: string, timeoutMs: number, body: Body<Each>) => void {
  if ('reason' in cluster) return (name) => test(name, (context) => context.skip(cluster.reason));
  if (cluster.kind !== 'built')
    return (name) => test(name, (context) => context.skip('pods are not reached from here'));
  const operators: OperatorProcess[] = [];

  beforeAll(async () => {
    await installOperator(cluster, namespace);
    for (const other of others) await cluster.kubectl(['create', 'namespace', other]);
    await stopOperatorsOf(cluster);
    for (const one of wanted) operators.push(await OperatorProcess.prepare({ cluster, ...one }));
  }, SETUP_MAX_MS);

  afterAll(async () => {
    await Promise.all(operators.map((operator) => operator.close()));
    for (const other of others) await cluster.kubectl(['delete', 'namespace', other, '--ignore-not-found']);
    await removeOperator(cluster, namespace);
  }, SETUP_MAX_MS);

  return (name, timeout, body) =>
    test(name, { timeout }, async (context) => {
      context.onTestFailed(() => {
        for (const operator of operators) operator.tellLog();
      });
      await body(cluster, operators as unknown as Prepared<Each>);
    });
}
