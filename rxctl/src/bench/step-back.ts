// On a few cores all nodes work at the same beat. They step back behind generator and miner, so that the watch does not stop
// and beats are not late just because there are many of them; what they can do together is not changed by it.
import { existsSync, writeFileSync } from 'node:fs';
import type { ChildSpec } from '../local/child.ts';

/** About a third of the weight of the others. */
export const NICE = 5;
const PROGRAM = ['/usr/bin/nice', '/bin/nice'].find((path) => existsSync(path));

/** The same process with a lower weight, where there is a `nice`. */
export function stepBack(child: ChildSpec): ChildSpec {
  if (PROGRAM === undefined) return child;
  return { ...child, command: PROGRAM, args: ['-n', String(NICE), child.command, ...child.args] };
}

/** Where Linux weighs sessions against each other (sched(7), autogroup), a process's own weight counts only within its own. */
export function stepBackSession(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(NICE));
  } catch {
    // No autogroups here, or the process is gone; both leave nothing to do.
  }
}
