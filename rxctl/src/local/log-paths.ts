// Where the words of a process are: what our programs write to their output, and for bitcoind, which is told to be quiet there,
// its own file.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { logFile } from './child.ts';
import type { Folders } from './folders.ts';

export function logPathOf(folders: Folders, name: string): string {
  const own = logFile(folders, name);
  if (name !== 'bitcoind' || (statSync(own, { throwIfNoEntry: false })?.size ?? 0) > 0) return own;
  const debug = join(folders.bitcoin, 'regtest', 'debug.log');
  return statSync(debug, { throwIfNoEntry: false }) === undefined ? own : debug;
}
