// The kubectl that was built together with the cluster, as its administrator.
import { join } from 'node:path';
import { type Ran, run, tryRun } from '../program.ts';
import { programsFolder } from './build.ts';
import { FOLDERS } from './folders.ts';
import { programsOfRecord } from './record.ts';

export function kubectl(args: readonly string[], input = ''): Promise<string> {
  return run(kubectlProgram(), [...KUBECONFIG, ...args], { input });
}

/** However it ends. */
export function tryKubectl(args: readonly string[]): Promise<Ran> {
  return tryRun(kubectlProgram(), [...KUBECONFIG, ...args]);
}

const KUBECONFIG = ['--kubeconfig', FOLDERS.kubeconfig];

/** Of the cluster that there is: the sources may have changed since it was built. */
export function kubectlProgram(): string {
  return join(programsOfRecord() ?? programsFolder(), 'kubectl');
}
