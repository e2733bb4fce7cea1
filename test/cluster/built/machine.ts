// Starts the box of one machine: container runtime, the image every pod begins with, kubelet, kube-proxy. It does not wait for the
// node to be Ready.
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { until } from '../../local/until.ts';
import { reasonOf } from '../errors.ts';
import { openBox, runIn } from './box.ts';
import { copyCertificates } from './certificates.ts';
import { makeCgroup } from './cgroups.ts';
import { containerdCommand, kubeletCommand, proxyCommand } from './commands.ts';
import { type Making, writeKubeconfig } from './control-plane.ts';
import { boxTmp, FOLDERS, INSIDE, seenFromHere } from './folders.ts';
import { imageArchive } from './image-archive.ts';
import { MACHINE_PATHS, machineFiles, PAUSE_IMAGE } from './machine-files.ts';
import { cniFolder } from './needs.ts';
import { connect } from './network.ts';
import type { Machine } from './plan.ts';
import { localVolumePaths, networkVolumePaths } from './volumes.ts';

const RUNTIME_MAX_MS = 30_000;
const IMPORT_MAX_MS = 300_000;
const LOOK_EVERY_MS = 100;
/** Nobody changes the owner of a volume for the pod that gets it. */
const ANYBODYS_MODE = 0o777;

export async function startMachine(making: Making, machine: Machine): Promise<void> {
  const { plan, programs, lifetime, starting } = making;
  const { name } = machine;
  makeCgroup(machine.cgroup);
  const { identity } = await openBox(name, programs, lifetime);
  await connect(plan, machine, identity);
  writeFiles(making, machine);
  await starting.start(name, containerdCommand());
  await starting.during(
    until({
      what: `containerd on ${name}`,
      withinMs: RUNTIME_MAX_MS,
      everyMs: LOOK_EVERY_MS,
      look: () => runIn(name, 'ctr', ['version']).then(() => '', reasonOf),
      holds: (sentence) => sentence === '',
    }),
  );
  const contents = readFileSync(join(programs, 'pause'));
  const pause = join(boxTmp(name), 'pause.tar');
  writeFileSync(pause, imageArchive({ reference: PAUSE_IMAGE, program: 'pause', contents, arch: arch() }));
  await importOnto(name, pause);
  await starting.start(name, kubeletCommand(machine), proxyCommand(machine));
}

/** Where the archive is seen from here: a box has other folders. */
export async function importOnto(machine: string, archive: string): Promise<void> {
  const input = openSync(archive, 'r');
  try {
    const args = ['--namespace', 'k8s.io', 'images', 'import', '-'];
    await runIn(machine, 'ctr', args, { input, deadlineMs: IMPORT_MAX_MS, name: `the import of ${archive}` });
  } finally {
    closeSync(input);
  }
}

function writeFiles({ plan }: Making, machine: Machine): void {
  const { name } = machine;
  copyCertificates(FOLDERS.pki, ['ca.crt', `${name}.crt`, `${name}.key`], seenFromHere(name, INSIDE.pki));
  for (const [path, text] of Object.entries(machineFiles(plan, machine, cniFolder() ?? ''))) {
    const here = seenFromHere(name, path);
    mkdirSync(dirname(here), { recursive: true });
    writeFileSync(here, text);
  }
  writeKubeconfig(plan, name, seenFromHere(name, MACHINE_PATHS.kubeconfig));
  writeKubeconfig(plan, 'proxy', seenFromHere(name, MACHINE_PATHS.proxyKubeconfig));
  for (const path of localVolumePaths()) makeVolume(seenFromHere(name, path));
}

/** Once for all machines. */
export function makeNetworkVolumes(): void {
  for (const path of networkVolumePaths()) makeVolume(join(FOLDERS.network, basename(path)));
}

function makeVolume(path: string): void {
  mkdirSync(path, { recursive: true });
  // The mode given to mkdir is subject to the mask of whoever runs us.
  chmodSync(path, ANYBODYS_MODE);
}
