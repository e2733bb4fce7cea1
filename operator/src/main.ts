// rexnet-operator: flags in, exit code out. It words failures that are to be expected; operator.ts does everything else.
import { randomBytes } from 'node:crypto';
import { EXIT, wordFailure } from '@rexnet/node/exit.ts';
import { beginLifetime, type World } from '@rexnet/node/lifetime.ts';
import { createLog } from '@rexnet/node/telemetry/log.ts';
import { CommanderError } from 'commander';
import { GrpcSource } from './ask/grpc-source.ts';
import { type OperatorFlags, operatorCommand, readOperatorFlags } from './flags.ts';
import { type Access, AccessError, loadAccess } from './kube/access.ts';
import { systemClock } from './kube/clock.ts';
import { inClusterAccess } from './kube/in-cluster.ts';
import { runOperator } from './operator.ts';

/** INTERFACES: the cluster cannot be reached. */
const NOT_REACHABLE = 7;
const IDENTITY_BYTES = 4;

export async function main(args: readonly string[], world: World): Promise<number> {
  try {
    const command = operatorCommand({
      out: (text) => world.out(text.trimEnd()),
      err: (text) => world.err(text.trimEnd()),
    });
    return await run(readOperatorFlags(command, args), world);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof AccessError) {
      world.err(
        `rexnet-operator: ${error.message}\n  cure: name a kubeconfig with --kubeconfig, or run in a pod with a service account`,
      );
      return NOT_REACHABLE;
    }
    const worded = wordFailure(error);
    if (worded === undefined) world.tellDefect('operator', error);
    else world.err(`rexnet-operator: ${worded.text}`);
    return worded?.exit ?? EXIT.error;
  }
}

async function run(flags: OperatorFlags, world: World): Promise<number> {
  const { image, bitcoindImage, imagePullPolicy, metrics, leaderElect } = flags;
  const log = createLog({ level: flags.logLevel, base: { program: 'rexnet-operator' } });
  world.useLog(log);
  const clock = systemClock;
  const access = await accessFor(flags, world);
  const outcome = await runOperator(
    {
      access,
      namespaces: flags.namespace ?? [],
      images: { image, bitcoindImage, imagePullPolicy },
      instance: `${flags.instance}-${randomBytes(IDENTITY_BYTES).toString('hex')}`,
      externalMetrics:
        flags.externalMetrics === undefined
          ? undefined
          : { address: flags.externalMetrics, certificateFolder: flags.externalMetricsCertificate },
      ...(flags.podMonitors === true
        ? { scraping: { labels: flags.podMonitorLabels, interval: flags.podMonitorInterval } }
        : {}),
      ...(flags.defaultTtl === undefined ? {} : { defaultTtl: flags.defaultTtl }),
      ...(leaderElect === true ? { lease: leaseOf(flags, access) } : {}),
      metrics,
      source: new GrpcSource(clock),
      clock,
      random: Math.random,
      log,
    },
    world.signal,
  );
  log.info({ outcome }, 'stopped');
  return outcome === 'lost' ? EXIT.error : EXIT.ok;
}

/** A kubeconfig where one is named, else the pod's own account. */
async function accessFor({ kubeconfig, context }: OperatorFlags, { environment }: World): Promise<Access> {
  const now = () => systemClock.now();
  const isNamed = kubeconfig !== undefined || context !== undefined || environment['KUBECONFIG'] !== undefined;
  const own = isNamed ? undefined : await inClusterAccess({ environment, now });
  if (own !== undefined) return own;
  return loadAccess(
    { ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) },
    now,
  );
}

function leaseOf({ leaseNamespace, leaseName }: OperatorFlags, { namespace }: Access) {
  return { namespace: leaseNamespace ?? namespace, name: leaseName };
}

if (import.meta.main) process.exit(await main(process.argv.slice(2), beginLifetime()));
