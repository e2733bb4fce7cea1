// What a reader must know of the machine to take figures for what they are. It reads, and measures nothing.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';

export interface MachineFacts {
  readonly cores: number;
  readonly model: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
}

export function machineFacts(): MachineFacts {
  return {
    cores: availableParallelism(),
    model: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    kernel: kernelVersion(),
    node: process.version,
  };
}

function kernelVersion(): string {
  try {
    return readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
  } catch {
    return release();
  }
}

/** In a few words, for the foot of a chart. */
export function machineWords({ cores, model, kernel, node }: MachineFacts): string {
  return `${cores} ${cores === 1 ? 'core' : 'cores'} of ${model}, Linux ${kernel}, Node ${node}`;
}
