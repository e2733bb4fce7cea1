// Brings a built cluster up: network, control plane, then the machines side by side. What a crash left is removed first, and so is
// what was made when something fails here.
import { mkdirSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ClusterDescription } from '../cluster-type.ts';
import { ClusterError } from '../errors.ts';
import type { Lifetime } from './box.ts';
import { buildPrograms, isBuilt } from './build.ts';
import { identities, makeCertificates } from './certificates.ts';
import { type Making, startControlPlane, writeKubeconfig } from './control-plane.ts';
import { removeEverything } from './down.ts';
import { exclusively, requireRoot } from './exclusive.ts';
import { FOLDERS, ROOT } from './folders.ts';
import { kubectl } from './kubectl.ts';
import { makeNetworkVolumes, startMachine } from './machine.ts';
import { installMissing, requirePrograms, requireRoom } from './needs.ts';
import { makeBridge, requireFreeNetwork } from './network.ts';
import { planCluster } from './plan.ts';
import { describeBuilt, findCluster, otherUser, writeRecord } from './record.ts';
import { Starting } from './starting.ts';
import { volumeObjects } from './volumes.ts';

export type UpOptions = {
  readonly machines: number;
  readonly lifetime: Lifetime;
  /** Whether missing programs of Debian may be installed. */
  readonly installs: boolean;
  readonly say: (line: string) => void;
};

const NODES_MAX_SECONDS = 90;

export async function bringUp({ machines, lifetime, installs, say }: UpOptions): Promise<ClusterDescription> {
  const plan = planCluster(machines);
  requireRoot(process.platform, process.getuid?.());
  if (installs) await installMissing(say);
  requirePrograms(isBuilt());
  requireRoom(statfsSync(dirname(ROOT)));
  const programs = await buildPrograms(say);
  await exclusively(async () => {
    const found = findCluster();
    const other = otherUser(found);
    if (other !== undefined) throw new ClusterError('ALREADY_UP', other);
    if (found.kind === 'leftover') {
      say('removing what an earlier cluster left');
      await removeEverything();
    }
    await requireFreeNetwork();
    const begun = performance.now();
    writeRecord({ machines, programs, lifetime, isWhole: false });
    await make({ plan, programs, lifetime, starting: new Starting() });
    writeRecord({ machines, programs, lifetime, isWhole: true });
    say(
      `${machines === 1 ? '1 machine is' : `${machines} machines are`} Ready after ${((performance.now() - begun) / 1_000).toFixed(1)} s`,
    );
  });
  return describeBuilt(machines);
}

async function make(making: Making): Promise<void> {
  const { plan, starting } = making;
  try {
    for (const folder of [FOLDERS.run, FOLDERS.logs]) mkdirSync(folder, { recursive: true });
    makeNetworkVolumes();
    await makeBridge(plan);
    await makeCertificates(FOLDERS.pki, identities(plan));
    writeKubeconfig(plan, 'admin', FOLDERS.kubeconfig);
    await startControlPlane(making);
    // All have come to their end before anything is removed.
    const machines = await Promise.allSettled(plan.machines.map((machine) => startMachine(making, machine)));
    for (const machine of machines) if (machine.status === 'rejected') throw machine.reason;
    await kubectl(['create', '-f', '-'], JSON.stringify(volumeObjects(plan)));
    const nodes = plan.machines.map(({ name }) => `node/${name}`);
    for (const condition of ['create', 'condition=Ready'])
      await starting.during(kubectl(['wait', `--for=${condition}`, ...nodes, `--timeout=${NODES_MAX_SECONDS}s`]));
  } catch (error) {
    // Whoever looks for the reason may want to see it as it is.
    if (process.env['REXNET_KEEP'] === undefined) await removeEverything();
    throw error;
  }
}
