// The command line of a private regtest bitcoind, and where it leaves its cookie. It starts nothing.
import { join, resolve } from 'node:path';

/** It talks to nobody but its RPC callers on this machine. */
export function bitcoindArgs(options: { readonly dataDir: string; readonly rpcPort: number }): string[] {
  return [
    '-regtest',
    `-datadir=${resolve(options.dataDir)}`,
    '-server=1',
    '-listen=0',
    '-connect=0',
    '-dnsseed=0',
    '-fixedseeds=0',
    '-discover=0',
    '-natpmp=0',
    '-rpcbind=127.0.0.1',
    '-rpcallowip=127.0.0.1/32',
    `-rpcport=${options.rpcPort}`,
    '-fallbackfee=0.0002',
    '-dbcache=32',
    '-maxmempool=50',
    '-par=1',
    '-printtoconsole=0',
  ];
}

export function cookieFileOf(dataDir: string): string {
  return join(dataDir, 'regtest', '.cookie');
}
