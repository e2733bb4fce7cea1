// rxd init: makes the genesis file of a testnet, the same bytes on every machine. It never replaces another network's file.
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { compilerHash } from '@rexnet/preda/compiler-hash.ts';
import { GenesisError, type GenesisProblem, makeGenesis, readGenesis, seedAccounts } from '../chain/genesis.ts';
import { equalBytes, fromHex, toHex } from '../core/bytes.ts';
import { InputError } from '../exit.ts';
import { type Flags, textFlag, UsageError } from '../flags.ts';
import type { World } from '../lifetime.ts';
import { type GenesisSpec, parseGenesisSpec } from './spec.ts';

export const GENESIS_FILE = 'genesis.bin';
const KEY_HEX = /^[0-9a-fA-F]{64}$/;

export async function init(flags: Flags, world: Pick<World, 'out'>): Promise<void> {
  const governance = governanceKey(textFlag(flags, 'governance-key'));
  const specPath = textFlag(flags, 'spec');
  const spec = await parseGenesisSpec(specPath, readFileSync(specPath, 'utf8'));
  const bytes = genesisOf(specPath, spec, governance);
  const path = join(textFlag(flags, 'out'), GENESIS_FILE);
  const written = writeOnce(path, bytes);
  const { id, networkId } = readGenesis(bytes);
  world.out(
    `${written ? 'wrote' : 'already there'}: ${path}, network ${toHex(networkId)}, genesis ${toHex(id)}, ${spec.groups} groups, ${spec.chain.partitions} partitions`,
  );
}

function governanceKey(text: string): Uint8Array {
  if (!KEY_HEX.test(text)) throw new UsageError('--governance-key: expected the 64 hex digits of a public key');
  return fromHex(text);
}

function genesisOf(file: string, spec: GenesisSpec, governance: Uint8Array): Uint8Array {
  const { chain, groups, seed, bitcoinIntervalMs } = spec;
  try {
    return makeGenesis({
      chain,
      groups,
      seed,
      bitcoinIntervalMs,
      governance,
      compilerHash: compilerHash(),
      accounts: seedAccounts(seed, groups),
    });
  } catch (cause) {
    if (!(cause instanceof GenesisError)) throw cause;
    const { field, cure } = CURES[cause.code] ?? ANY_CURE;
    throw new InputError(`${file}: ${field}: ${cause.message}`, cure, cause);
  }
}

type Cure = { readonly field: string; readonly cure: string };
const CURES: Partial<Record<GenesisProblem, Cure>> = {
  BLOCK_GAS_TOO_LOW: {
    field: 'spec.chain.blockGas',
    cure: 'raise spec.chain.blockGas or lower spec.chain.partitions',
  },
  BAD_GROUPS: { field: 'spec.groups', cure: 'lower spec.groups or raise spec.chain.partitions' },
  TOO_MANY_ACCOUNTS: { field: 'spec.groups', cure: 'lower spec.groups' },
};
const ANY_CURE: Cure = { field: 'spec', cure: 'change the spec so that such a network can run' };

/** False when the very same file is there already. */
function writeOnce(path: string, bytes: Uint8Array): boolean {
  const old = readIfThere(path);
  if (old !== undefined) {
    if (equalBytes(old, bytes)) return false;
    throw new InputError(
      `${path} is the genesis of another network`,
      'choose another --out, or move the old file away together with the data of its nodes',
    );
  }
  mkdirSync(join(path, '..'), { recursive: true });
  const draft = `${path}.${process.pid}.new`;
  const file = openSync(draft, 'w');
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  return true;
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
