// Where measurements keep their networks, and the end of what a bench that was killed left there. It touches only folders of
// benches whose owner is dead, and only processes on record in them.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldersOf } from '../local/folders.ts';
import { lockOwner, takeLock } from '../local/lock.ts';
import { endLeftover, leftoverNames } from '../local/supervisor.ts';

const PREFIX = 'rexnet-bench-net-';
const LOCK = 'owner.pid';

export interface Workplace extends AsyncDisposable {
  /** A folder for the next network, which does not exist yet. */
  next(): string;
}

/** A folder of this bench's own, removed at its end. */
export function openWorkplace(parent: string = tmpdir()): Workplace {
  const base = mkdtempSync(join(parent, PREFIX));
  takeLock(join(base, LOCK));
  let count = 0;
  return {
    next: () => join(base, `net-${++count}`),
    [Symbol.asyncDispose]: async () => {
      if (!existsSync(base)) return;
      await endAll(base);
      if (process.env['REXNET_KEEP'] === undefined) rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Ends and removes what benches left that can no longer do so themselves; answers how many processes that were. */
export async function sweepLeftovers(parent: string = tmpdir()): Promise<number> {
  mkdirSync(parent, { recursive: true });
  let ended = 0;
  for (const entry of readdirSync(parent)) {
    const base = join(parent, entry);
    if (!entry.startsWith(PREFIX) || !existsSync(join(base, LOCK))) continue;
    if (lockOwner(join(base, LOCK)) !== undefined) continue;
    ended += await endAll(base);
    rmSync(base, { recursive: true, force: true });
  }
  return ended;
}

async function endAll(base: string): Promise<number> {
  let ended = 0;
  for (const net of readdirSync(base, { withFileTypes: true })) {
    if (!net.isDirectory()) continue;
    for (const name of readdirSync(join(base, net.name))) {
      const folders = foldersOf(join(base, net.name), name);
      const outcomes = await Promise.all(leftoverNames(folders).map((child) => endLeftover(folders, child)));
      ended += outcomes.filter((outcome) => outcome !== 'gone').length;
    }
  }
  return ended;
}
