// Finds a Prometheus on this machine, or fetches Debian's into .rexnet. It starts nothing.
import { join } from 'node:path';
import type { DebianPackage } from '@rexnet/node/programs/debian.ts';
import { type Located, type LocateOptions, locateProgram } from '@rexnet/node/programs/locate.ts';

const PROMETHEUS: DebianPackage = {
  name: 'prometheus',
  programs: ['prometheus', 'promtool'],
  // Both are linked with nothing but libc; promtool is a package of its own since trixie.
  isNeeded: (dependency) => dependency === 'libc6' || dependency === 'promtool',
  needlessPaths: ['usr/share', 'etc', 'var', 'lib', 'usr/lib/systemd', 'usr/lib/TRIPLET/gconv'],
};

/** Where bitcoind has a folder of its own, this has one beside it. */
export function prometheusFolder(base: string): string {
  return join(base, '.prometheus');
}

/** `configured` is the value of REXNET_PROMETHEUS. */
export function locatePrometheus(options: LocateOptions): Promise<Located> {
  return locateProgram('REXNET_PROMETHEUS', PROMETHEUS, options);
}
