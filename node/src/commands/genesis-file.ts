// Reads a genesis file for a program that is about to live by it; says in words why it cannot.
import { readFileSync } from 'node:fs';
import { compilerHash } from '@rexnet/preda/compiler-hash.ts';
import { GenesisError, type Network, readGenesis } from '../chain/genesis.ts';
import { equalBytes } from '../core/bytes.ts';
import { DecodeError } from '../core/codec.ts';
import { InputError } from '../exit.ts';

export function readGenesisFile(path: string): Network {
  const bytes = readFileSync(path);
  try {
    return readGenesis(bytes);
  } catch (cause) {
    if (!(cause instanceof GenesisError || cause instanceof DecodeError)) throw cause;
    throw new InputError(
      `${path} is no genesis file of this version: ${cause.message}`,
      'use the genesis.bin the network was made with, or make a new one with rxd init',
      cause,
    );
  }
}

/** Another compiler makes other code of the same source, and the node would part from its network at the first deployment. */
export function refuseOtherCompiler(path: string, { genesis }: Network): void {
  if (equalBytes(genesis.compilerHash, compilerHash())) return;
  throw new InputError(
    `the network of ${path} was made for another version of the compiler`,
    'run the version of rxd it was made with, or make a new network with this one',
  );
}
