// rxctl bench in a cluster: follows a LoadTest until it is over and shows what came of it, with the exit code of its verdict. It
// starts none: that is a file and kubectl apply.
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CONFIG_MAPS, type ConfigMapObject, LOAD_TESTS } from '@rexnet/operator/controllers/collections.ts';
import { resultsName } from '@rexnet/operator/plan/load-test-names.ts';
import { writeFiles } from '../bench/artefacts.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, note, print } from '../io.ts';
import type { Format } from '../print.ts';
import { ProgressLine } from '../progress.ts';
import { asked, Cluster, type ClusterOptions, known } from './cluster.ts';
import { exitOf, isOver, type LoadTestObject, loadTestText, printableLoadTest, stepOf } from './load-test.ts';

type FollowOptions = ClusterOptions & { readonly out?: string };

const LOOK_MS = 1_000;
const APPLY = 'make one: kubectl apply -f loadtest.yaml';

export async function followLoadTest(
  io: Io,
  named: string | undefined,
  options: FollowOptions,
  format: Format,
): Promise<ExitCode> {
  const cluster = await Cluster.open(options, io);
  try {
    const name = named ?? (await onlyOne(cluster));
    const object = await untilOver(io, cluster, name);
    print(io, format, printableLoadTest(object), () => loadTestText(object), [`loadtest/${name}`]);
    if (options.out !== undefined) await writeArtefactsOf(io, cluster, name, options.out);
    return exitOf(object);
  } finally {
    await cluster.close();
  }
}

async function untilOver(io: Io, cluster: Cluster, name: string): Promise<LoadTestObject> {
  const { rest, namespace } = cluster;
  const deadlineMs = performance.now() + (io.timeoutMs ?? Number.POSITIVE_INFINITY);
  const line = new ProgressLine(io);
  try {
    for (let before: LoadTestObject | undefined; ; ) {
      const object = await asked(rest.get<LoadTestObject>(LOAD_TESTS.resource, { name, namespace })).catch((error) => {
        // Ended in the middle of it.
        if (before !== undefined && io.signal.aborted) return before;
        throw error;
      });
      before = object;
      if (object === undefined)
        throw new CliError(EXIT.notReachable, `there is no LoadTest ${name} in namespace ${namespace}`, APPLY);
      if (isOver(object)) return object;
      const step = stepOf(object);
      if (io.signal.aborted || performance.now() >= deadlineMs)
        throw new CliError(
          EXIT.timeout,
          `not over: ${step.text.replace(/\.$/, '')}; it goes on in the cluster`,
          `follow it again: rxctl bench ${name}; end it: kubectl delete lt ${name} -n ${namespace}`,
        );
      line.show(step);
      await delay(LOOK_MS, undefined, { signal: io.signal }).catch(() => undefined);
    }
  } finally {
    line.end();
  }
}

/** The one that runs, else the only one there is. */
async function onlyOne({ rest, namespace }: Cluster): Promise<string> {
  const { items } = await known(rest.list<LoadTestObject>(LOAD_TESTS.resource, { namespace }), LOAD_TESTS.resource);
  const running = items.filter((item) => !isOver(item));
  const [only, ...others] = running.length > 0 ? running : items;
  if (only === undefined)
    throw new CliError(EXIT.notReachable, `there is no LoadTest in namespace ${namespace}`, APPLY);
  if (others.length > 0)
    throw new CliError(
      EXIT.usage,
      `there are several LoadTests: ${items.map(({ metadata }) => metadata.name).join(', ')}`,
      `say which: rxctl bench ${only.metadata.name}`,
    );
  return only.metadata.name;
}

async function writeArtefactsOf(io: Io, { rest, namespace }: Cluster, name: string, folder: string): Promise<void> {
  const place = { name: resultsName(name), namespace };
  const found = await asked(rest.get<ConfigMapObject>(CONFIG_MAPS.resource, place));
  if (found?.data === undefined) {
    note(io, `there are no artefacts in ConfigMap ${place.name}`);
    return;
  }
  for (const path of writeFiles(resolve(io.cwd, folder), Object.entries(found.data))) note(io, `wrote ${path}`);
}
