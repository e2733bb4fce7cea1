// rxd run: from flags to a running node. Checks what flags and genesis say together; everything else is node.ts.
import { hostname } from 'node:os';
import type { Network } from '../chain/genesis.ts';
import { deriveKey, FAUCET_KEY } from '../chain/keys.ts';
import { GROUP_IDS_MAX } from '../chain/map-update.ts';
import { kindOf, parseAddress } from '../core/address.ts';
import { addressFlag, type Flags, integerFlag, textFlag, UsageError } from '../flags.ts';
import type { World } from '../lifetime.ts';
import { type NodeOptions, runNode } from '../node.ts';
import { createLog, type LogLevel } from '../telemetry/log.ts';
import { readGenesisFile, refuseOtherCompiler } from './genesis-file.ts';

const GROUP_MAX = GROUP_IDS_MAX - 1;

export async function run(flags: Flags, world: World): Promise<void> {
  const options = nodeOptions(flags);
  const log = createLog({
    level: textFlag(flags, 'log-level') as LogLevel,
    base: { program: 'rxd', group: options.group },
  });
  world.useLog(log);
  await runNode(options, log, world.signal);
  log.info('stopped');
}

function nodeOptions(flags: Flags): NodeOptions {
  const genesisPath = textFlag(flags, 'genesis');
  const group = integerFlag(flags, 'group', GROUP_MAX);
  const grpc = addressFlag(flags, 'grpc');
  const peerGrpc = addressFlag(flags, 'peer-grpc');
  const metrics = addressFlag(flags, 'metrics');
  const network = readGenesisFile(genesisPath);
  refuseOtherCompiler(genesisPath, network);
  return {
    genesisPath,
    dataDir: textFlag(flags, 'data'),
    group,
    peersPath: textFlag(flags, 'peers'),
    grpc,
    peerGrpc,
    metrics,
    miner: minerAddress(flags, network),
    faucet: givesMoney(flags, hostname()),
    checkState: flags['check-state'] === true,
  };
}

/** Two nodes of a group that both sign with the faucet's key would spend each other's nonces. */
export function givesMoney(flags: Flags, host: string): boolean {
  return flags['faucet'] === true || flags['faucet-on'] === host;
}

function minerAddress(flags: Flags, { genesis }: Network): Uint8Array {
  const text = flags['miner'];
  if (typeof text !== 'string') return deriveKey(genesis.seed, FAUCET_KEY).address;
  const address = parseAddress(text);
  if (address === undefined || kindOf(address) !== 'ed25519')
    throw new UsageError(`--miner ${text}: expected the address of an account, 58 characters and :ed25519`);
  return address;
}
