// Reads a genesis file for a program that is about to live by it; says in words why it cannot.
import { readFileSync } from 'node:fs';
import { GenesisError, type Network, readGenesis } from '../chain/genesis.ts';
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
