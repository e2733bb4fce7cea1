// Finds a bitcoind on this machine, or fetches one from Debian's packages. It starts nothing and installs nothing.
import type { DebianPackage } from '../programs/debian.ts';
import { findProgram, type Located, type LocateOptions, locateProgram } from '../programs/locate.ts';

/** Dependencies by declaration that bitcoind never loads. */
const NEEDLESS = /^(systemd.*|debconf|libsystemd.*|libc-gconv-modules-extra|gcc-.*-base|openssl-provider-legacy)$/;

const BITCOIND: DebianPackage = {
  name: 'bitcoin-knots',
  programs: ['bitcoind', 'bitcoin-cli'],
  isNeeded: (dependency) => !NEEDLESS.test(dependency),
  // Instead of systemd itself.
  instead: ['systemd-standalone-sysusers'],
  needlessPaths: [
    'usr/share',
    'etc',
    'usr/sbin',
    'usr/lib/systemd',
    'usr/lib/sysusers.d',
    'usr/bin/bitcoin-tx',
    'usr/bin/bitcoin-wallet',
    'usr/lib/TRIPLET/gconv',
  ],
};

const VARIABLE = 'REXNET_BITCOIND';

/** `configured` is the value of REXNET_BITCOIND. */
export function locateBitcoind(options: LocateOptions): Promise<Located> {
  return locateProgram(VARIABLE, BITCOIND, options);
}

/** Looks without fetching; undefined when it would have to be fetched. */
export function findBitcoind(
  options: Pick<LocateOptions, 'configured' | 'searchPath' | 'cacheDir'>,
): Promise<Located | undefined> {
  return findProgram(VARIABLE, BITCOIND, options);
}
