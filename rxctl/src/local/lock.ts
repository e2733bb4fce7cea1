// One rxctl looks after a network at a time. The lock names a process together with its start time, so that a crashed owner
// locks nobody out and a stranger with its number is not taken for it.
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { formatIdentity, identify, isAlive, type ProcessIdentity, readIdentity } from './process-identity.ts';

const ATTEMPTS = 5;

/** The rxctl that looks after the network now. */
export function lockOwner(path: string): ProcessIdentity | undefined {
  const identity = readIdentity(path);
  return identity !== undefined && isAlive(identity) ? identity : undefined;
}

/** Takes the lock, or says who has it. */
export function takeLock(path: string): { readonly release: () => void } | { readonly owner: ProcessIdentity } {
  const self = identify(process.pid);
  if (self === undefined) throw new Error('this process cannot see itself');
  const own = `${path}.${self.pid}`;
  writeFileSync(own, formatIdentity(self));
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        // A link appears with its contents or not at all.
        linkSync(own, path);
        return { release: () => rmSync(path, { force: true }) };
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const owner = lockOwner(path);
      if (owner !== undefined) return { owner };
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
  throw new Error(`${path} cannot be taken`);
}
