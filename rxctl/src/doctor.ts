// Whether a machine can carry a testnet: what was measured of it in, one verdict a check out, each with what to do. Pure: who
// measures is local/machine.ts.
import { bytes } from './views/units.ts';

export type MachineFacts = {
  readonly cores: number;
  /** What a new program may take now. */
  readonly memoryBytes: number;
  readonly nodeVersion: string;
  readonly disk: DiskFacts;
  readonly clock: ClockFacts;
};
export type DiskFacts =
  | { readonly folder: string; readonly freeBytes: number; readonly fsyncMs: number | undefined }
  | { readonly folder: string; readonly problem: string };
export type ClockFacts = {
  readonly nowMs: number;
  /** When the newest of our own sources was written: no clock may be before that. */
  readonly newestSourceMs: number;
  /** How far the clock moved against the steady one while it was watched. */
  readonly driftMs: number;
};
export type NetworkFacts = {
  readonly groups: number;
  readonly nodes: number;
  readonly blockIntervalMs: number;
  readonly bitcoind:
    | { readonly kind: 'found'; readonly command: string; readonly version: string | undefined }
    | { readonly kind: 'fetchable' }
    | { readonly kind: 'absent'; readonly reason: string }
    | { readonly kind: 'unwanted' };
  /** Ports it had before, and those that strangers hold now. */
  readonly ports: {
    readonly wanted: number;
    readonly taken: readonly { readonly name: string; readonly port: number }[];
  };
  /** Processes that a crashed rxctl left. */
  readonly leftovers: readonly string[];
};

export type Check = {
  readonly name: string;
  readonly result: 'pass' | 'warn' | 'fail';
  readonly fact: string;
  readonly cure?: string;
};

const NODE_MAJOR_MIN = 24;
const GIB = 1024 ** 3;
/** A node stays below this under load; the rest is bitcoind, miner, load and rxctl. */
const NODE_BYTES = 200_000_000;
const OTHER_BYTES = 700_000_000;
/** Groups that a core carries at the default load. */
const GROUPS_PER_CORE = 4;
const DISK_BYTES_GOOD = 2 * GIB;
const DISK_BYTES_MIN = GIB / 2;
/** A block is on disk before anybody is told of it. */
const FSYNC_GOOD_SHARE = 1 / 20;
const FSYNC_MAX_SHARE = 1 / 2;
const DRIFT_MAX_MS = 50;

/** What takes no time to find out; `up` looks at these itself. */
export function quickChecks(machine: MachineFacts, nodes: number, groups: number): readonly Check[] {
  return [nodeCheck(machine), coresCheck(machine, groups), memoryCheck(machine, nodes), diskCheck(machine.disk)];
}

export function allChecks(machine: MachineFacts, network: NetworkFacts): readonly Check[] {
  return [
    ...quickChecks(machine, network.nodes, network.groups),
    fsyncCheck(machine.disk, network.blockIntervalMs),
    clockCheck(machine.clock),
    bitcoindCheck(network),
    portsCheck(network),
    leftoversCheck(network),
  ];
}

function nodeCheck({ nodeVersion }: MachineFacts): Check {
  const isNew = Number(nodeVersion.split('.')[0]) >= NODE_MAJOR_MIN;
  return verdict('node', isNew ? 'pass' : 'fail', `Node ${nodeVersion}`, {
    fail: `use Node ${NODE_MAJOR_MIN} or newer; npm start and npx rxctl bring their own`,
  });
}

function coresCheck({ cores }: MachineFacts, groups: number): Check {
  const wanted = Math.max(2, Math.ceil(groups / GROUPS_PER_CORE));
  return verdict(
    'cores',
    cores >= wanted ? 'pass' : 'warn',
    `${counted(cores, 'core')} for ${counted(groups, 'group')}`,
    { warn: `it runs, but slowly: ${wanted} cores carry it well, or lower spec.groups and spec.load.tpsPerGroup` },
  );
}

function memoryCheck({ memoryBytes }: MachineFacts, nodes: number): Check {
  const wanted = nodes * NODE_BYTES + OTHER_BYTES;
  const result = memoryBytes >= wanted ? 'pass' : memoryBytes >= wanted / 2 ? 'warn' : 'fail';
  return verdict('memory', result, `${bytes(memoryBytes)} free, ${counted(nodes, 'node')} may take ${bytes(wanted)}`, {
    warn: 'close other programs, or lower spec.groups or spec.nodesPerGroup',
    fail: 'lower spec.groups or spec.nodesPerGroup, or find a larger machine',
  });
}

function diskCheck(disk: DiskFacts): Check {
  if ('problem' in disk)
    return verdict('disk', 'fail', `${disk.folder}: ${disk.problem}`, { fail: 'choose a folder you may write: --dir' });
  const { freeBytes, folder } = disk;
  const result = freeBytes >= DISK_BYTES_GOOD ? 'pass' : freeBytes >= DISK_BYTES_MIN ? 'warn' : 'fail';
  return verdict('disk', result, `${bytes(freeBytes)} free in ${folder}`, {
    warn: 'enough for hours, not for days: free some space, or choose another folder with --dir',
    fail: 'free some space, or choose another folder with --dir',
  });
}

function fsyncCheck(disk: DiskFacts, blockIntervalMs: number): Check {
  if ('problem' in disk || disk.fsyncMs === undefined)
    return verdict('fsync', 'fail', 'nothing could be written to disk', {
      fail: 'choose a folder you may write: --dir',
    });
  const { fsyncMs } = disk;
  const share = fsyncMs / blockIntervalMs;
  const result = share <= FSYNC_GOOD_SHARE ? 'pass' : share <= FSYNC_MAX_SHARE ? 'warn' : 'fail';
  const cure = 'put the data on a faster disk with --dir, or lengthen spec.chain.blockInterval';
  return verdict(
    'fsync',
    result,
    `a write is safe after ${fsyncMs.toFixed(1)} ms (95 %), a block takes ${blockIntervalMs} ms`,
    {
      warn: cure,
      fail: cure,
    },
  );
}

function clockCheck({ nowMs, newestSourceMs, driftMs }: ClockFacts): Check {
  if (nowMs < newestSourceMs)
    return verdict(
      'clock',
      'fail',
      `the clock says ${new Date(nowMs).toISOString()}, before this program was written`,
      {
        fail: 'set the clock: blocks carry the time of day',
      },
    );
  const isSteady = Math.abs(driftMs) <= DRIFT_MAX_MS;
  return verdict('clock', isSteady ? 'pass' : 'warn', `moved ${driftMs.toFixed(1)} ms against the steady clock`, {
    warn: 'something sets the clock in jumps; blocks wait while it stands in the past',
  });
}

function bitcoindCheck({ bitcoind }: NetworkFacts): Check {
  switch (bitcoind.kind) {
    case 'unwanted':
      return verdict('bitcoind', 'pass', 'not wanted: spec.bitcoin.mode is None', {});
    case 'found':
      return bitcoind.version === undefined
        ? verdict('bitcoind', 'fail', `${bitcoind.command} does not run`, {
            fail: 'install another, or name one with REXNET_BITCOIND',
          })
        : verdict('bitcoind', 'pass', `${bitcoind.version} at ${bitcoind.command}`, {});
    case 'fetchable':
      return verdict('bitcoind', 'warn', 'none here yet', {
        warn: 'rxctl up fetches one from Debian’s packages; to be independent of that, install it or set REXNET_BITCOIND',
      });
    case 'absent':
      return verdict('bitcoind', 'warn', bitcoind.reason, {
        warn: 'install one or set REXNET_BITCOIND; without it mining goes on over a toy parent chain',
      });
  }
}

function portsCheck({ ports: { wanted, taken } }: NetworkFacts): Check {
  if (taken.length === 0)
    return verdict('ports', 'pass', wanted === 0 ? 'chosen at the first start' : `all ${wanted} are free or ours`, {});
  const [first] = taken;
  return verdict('ports', 'warn', `${taken.length} of ${wanted} are taken, such as ${first?.port} of ${first?.name}`, {
    warn: 'nothing to do: rxctl up chooses others; who wrote them down looks at rxctl status',
  });
}

function leftoversCheck({ leftovers }: NetworkFacts): Check {
  return leftovers.length === 0
    ? verdict('leftovers', 'pass', 'no process without somebody who looks after it', {})
    : verdict('leftovers', 'warn', `${leftovers.join(', ')} run and nobody looks after them`, {
        warn: 'rxctl up goes on with them, rxctl down ends them',
      });
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

type Cures = { readonly warn?: string; readonly fail?: string };

function verdict(name: string, result: Check['result'], fact: string, cures: Cures): Check {
  const cure = result === 'pass' ? undefined : cures[result];
  return { name, result, fact, ...(cure === undefined ? {} : { cure }) };
}
