// Machines that only pretend, for an operator at a scale no machine of ours has: kwok beside the control plane, and its nodes.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ClusterError, reasonOf } from '../errors.ts';
import { run } from '../program.ts';
import { killIn, startIn } from './box.ts';
import { FAKE_NODE_ANNOTATION, KWOK_PATH, kwokCommand, STAGES_PATH } from './commands.ts';
import { cacheFolder, seenFromHere } from './folders.ts';
import { kubectl } from './kubectl.ts';
import type { ClusterPlan } from './plan.ts';

const MODULE = 'sigs.k8s.io/kwok';
const VERSION = 'v0.8.0';
/** Folders of the module that say what becomes of nodes and pods; without them kwok does nothing and ends. */
const STAGES = ['node/fast', 'node/heartbeat-with-lease', 'pod/fast'];
const NODES_MAX = 1_000;
const READY_MAX_SECONDS = 120;
const BUILD_MAX_MS = 15 * 60_000;

export async function startFakeNodes(plan: ClusterPlan, count: number, say: (line: string) => void): Promise<void> {
  if (!Number.isInteger(count) || count < 1 || count > NODES_MAX)
    throw new ClusterError('USAGE', `1 to ${NODES_MAX} fake nodes, not ${count}`);
  const built = await buildKwok(say);
  const { name } = plan.control;
  // A program that runs cannot be written over, and two would fight.
  await killIn(name, 'kwok');
  copyFileSync(join(built, 'kwok'), seenFromHere(name, KWOK_PATH));
  writeFileSync(seenFromHere(name, STAGES_PATH), readFileSync(join(built, 'stages.yaml')));
  await startIn(name, kwokCommand(plan));
  await kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(fakeNodes(count)));
  await kubectl(['wait', '--for=condition=Ready', 'node', '-l', 'type=kwok', `--timeout=${READY_MAX_SECONDS}s`]);
}

/** Nothing lands on them that does not tolerate them. */
export function fakeNodes(count: number): object {
  const items = Array.from({ length: count }, (_, i) => {
    const name = `fake-${i}`;
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        annotations: { [FAKE_NODE_ANNOTATION]: 'fake' },
        labels: {
          type: 'kwok',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'topology.kubernetes.io/zone': `zone-${(i % 3) + 1}`,
        },
      },
      spec: { taints: [{ key: FAKE_NODE_ANNOTATION, value: 'fake', effect: 'NoSchedule' }] },
    };
  });
  return { apiVersion: 'v1', kind: 'List', items };
}

async function buildKwok(say: (line: string) => void): Promise<string> {
  const folder = join(cacheFolder(), `kwok-${VERSION}`);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.building-`);
  try {
    say('building kwok from Go modules; about a minute, once');
    const env = { CGO_ENABLED: '0', GOBIN: work };
    await run('go', ['install', '-trimpath', `${MODULE}/cmd/kwok@${VERSION}`], {
      env,
      cwd: work,
      deadlineMs: BUILD_MAX_MS,
    });
    const found = JSON.parse(await run('go', ['mod', 'download', '-json', `${MODULE}@${VERSION}`], { cwd: work })) as {
      Dir: string;
    };
    writeFileSync(join(work, 'stages.yaml'), readStages(join(found.Dir, 'kustomize', 'stage')));
    if (!existsSync(folder)) renameSync(work, folder);
    return folder;
  } catch (error) {
    throw new ClusterError('BUILD_FAILED', `kwok cannot be built: ${reasonOf(error)}`, { cause: error });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function readStages(folder: string): string {
  return STAGES.flatMap((stage) =>
    readdirSync(join(folder, stage))
      .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
      .sort()
      .map((file) => `---\n${readFileSync(join(folder, stage, file), 'utf8')}`),
  ).join('');
}
