// A cluster of kind (Kubernetes in Docker): the way of laptops that have Docker. Its control plane runs no pods, so each machine
// is a worker.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, writeAtomically } from '../../rxctl/src/local/files.ts';
import { identify, isAlive, type ProcessIdentity } from '../../rxctl/src/local/process-identity.ts';
import type { Lifetime } from './built/box.ts';
import { cacheFolder } from './built/folders.ts';
import type { Cluster, ClusterDescription } from './cluster-type.ts';
import { ClusterError } from './errors.ts';
import { findProgram, run, tryRun } from './program.ts';

const NAME = 'rexnet';
const UP_MAX_MS = 600_000;
const DOCKER_MAX_MS = 20_000;

export class KindCluster implements Cluster {
  readonly kind = 'kind';
  readonly kubeconfig: string;
  readonly machines: readonly string[];

  constructor({ kubeconfig, machines }: Omit<ClusterDescription, 'kind'>) {
    this.kubeconfig = kubeconfig;
    this.machines = machines;
  }

  kubectl(args: readonly string[], input = ''): Promise<string> {
    if (findProgram('kubectl') !== undefined)
      return run('kubectl', ['--kubeconfig', this.kubeconfig, ...args], { input });
    const inside = ['exec', '-i', `${NAME}-control-plane`, 'kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf'];
    return run('docker', [...inside, ...args], { input });
  }

  async importImage(archive: string): Promise<void> {
    await run('kind', ['load', 'image-archive', archive, '--name', NAME], { deadlineMs: UP_MAX_MS });
  }

  async stopKubelet(machine: string): Promise<void> {
    await run('docker', ['exec', machine, 'systemctl', 'kill', '--signal=KILL', 'kubelet']);
    await run('docker', ['exec', machine, 'systemctl', 'stop', 'kubelet']);
  }

  async switchOff(): Promise<void> {
    throw new ClusterError('NOT_HERE', 'only a machine of a built cluster can be switched off');
  }

  async startKubelet(machine: string): Promise<void> {
    await run('docker', ['exec', machine, 'systemctl', 'start', 'kubelet']);
  }

  async startFakeNodes(): Promise<void> {
    throw new ClusterError('NOT_HERE', 'fake nodes are there in a built cluster only');
  }

  async down(): Promise<void> {
    await run('kind', ['delete', 'cluster', '--name', NAME], { deadlineMs: UP_MAX_MS });
  }
}

/** Why kind cannot be used here, undefined when it can. */
export async function kindObstacle(): Promise<string | undefined> {
  if (findProgram('kind') === undefined) return 'kind is not on the PATH';
  if (findProgram('docker') === undefined) return 'kind is there but Docker is not';
  const { code } = await tryRun('docker', ['info'], { deadlineMs: DOCKER_MAX_MS }).catch(() => ({ code: -1 }));
  return code === 0 ? undefined : 'kind is there but Docker does not answer';
}

export function kindConfig(machines: number): string {
  const workers = Array.from({ length: machines }, (_, i) => ({
    role: 'worker',
    labels: { 'topology.kubernetes.io/zone': `zone-${i + 1}` },
  }));
  const nodes = [{ role: 'control-plane' }, ...workers];
  // JSON is YAML.
  return JSON.stringify({ kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4', nodes });
}

export function describeKind(machines: number): ClusterDescription {
  const names = Array.from({ length: machines }, (_, i) => `${NAME}-worker${i === 0 ? '' : i + 1}`);
  return { kind: 'kind', kubeconfig: join(cacheFolder(), 'kind.kubeconfig'), machines: names };
}

/** The cluster of kind that is up; one whose opener crashed is deleted instead. */
export async function kindHere(): Promise<ClusterDescription | undefined> {
  const { stdout } = await tryRun('kind', ['get', 'clusters']);
  if (!stdout.split('\n').includes(NAME)) return undefined;
  const { machines = 0, opener } = JSON.parse(readIfThere(recordPath()) ?? '{}') as KindRecord;
  const found = describeKind(machines);
  if (machines > 0 && (opener === undefined || isAlive(opener))) return found;
  await new KindCluster(found).down();
  return undefined;
}

export async function kindUp({ machines, lifetime, say }: KindOptions): Promise<ClusterDescription> {
  if ((await kindHere()) !== undefined)
    throw new ClusterError('ALREADY_UP', `kind has a cluster ${NAME}: npm run cluster down`);
  const description = describeKind(machines);
  mkdirSync(cacheFolder(), { recursive: true });
  const opener = lifetime === 'opener' ? identify(process.pid) : undefined;
  writeAtomically(recordPath(), JSON.stringify({ machines, opener }));
  say(`kind makes a cluster of ${machines} machines`);
  const where = ['--name', NAME, '--kubeconfig', description.kubeconfig];
  await run('kind', ['create', 'cluster', ...where, '--config', '-', '--wait', '5m'], {
    input: kindConfig(machines),
    deadlineMs: UP_MAX_MS,
  });
  return description;
}

type KindRecord = { readonly machines?: number; readonly opener?: ProcessIdentity };

export type KindOptions = {
  readonly machines: number;
  readonly lifetime: Lifetime;
  readonly say: (line: string) => void;
};

function recordPath(): string {
  return join(cacheFolder(), 'kind.json');
}
