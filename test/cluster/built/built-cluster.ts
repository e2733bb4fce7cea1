// A cluster that `up` built, used from whatever process: its state is in its folder and its boxes.
import type { Cluster, ClusterDescription } from '../cluster-type.ts';
import { ClusterError } from '../errors.ts';
import { killIn, startIn } from './box.ts';
import { endCgroup } from './cgroups.ts';
import { kubeletCommand } from './commands.ts';
import { bringDown } from './down.ts';
import { INSIDE, seenFromHere } from './folders.ts';
import { kubectl } from './kubectl.ts';
import { startFakeNodes } from './kwok.ts';
import { importOnto } from './machine.ts';
import { type Machine, planCluster } from './plan.ts';

export class BuiltCluster implements Cluster {
  readonly kind = 'built';
  readonly kubeconfig: string;
  readonly machines: readonly string[];
  readonly auditLog = seenFromHere(planCluster(1).control.name, INSIDE.audit);

  constructor({ kubeconfig, machines }: Omit<ClusterDescription, 'kind'>) {
    this.kubeconfig = kubeconfig;
    this.machines = machines;
  }

  kubectl(args: readonly string[], input?: string): Promise<string> {
    return kubectl(args, input);
  }

  async importImage(archive: string): Promise<void> {
    await Promise.all(this.machines.map((machine) => importOnto(machine, archive)));
  }

  async stopKubelet(machine: string): Promise<void> {
    await killIn(this.#machine(machine).name, 'kubelet');
  }

  async switchOff(machine: string): Promise<void> {
    await this.stopKubelet(machine);
    await endCgroup(this.#machine(machine).cgroup);
  }

  async startKubelet(machine: string): Promise<void> {
    await startIn(machine, kubeletCommand(this.#machine(machine)));
  }

  startFakeNodes(count: number, say: (line: string) => void): Promise<void> {
    return startFakeNodes(planCluster(this.machines.length), count, say);
  }

  async down(): Promise<void> {
    await bringDown();
  }

  #machine(name: string): Machine {
    const machine = planCluster(this.machines.length).machines.find((each) => each.name === name);
    if (machine === undefined)
      throw new ClusterError('NOT_HERE', `there is no machine ${name}: there are ${this.machines.join(', ')}`);
    return machine;
  }
}
