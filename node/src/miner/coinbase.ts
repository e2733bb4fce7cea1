// Builds the parent's coinbase transaction around our commitment. It chooses no payee and no reward.

import { encodeCompactSize } from '../consensus/coinbase.ts';
import { concatBytes, viewOf } from '../core/bytes.ts';

/** Bitcoin refuses longer coinbase scripts. */
const SCRIPT_BYTES_MAX = 100;
const NULL_OUTPOINT = new Uint8Array(36).fill(0xff, 32);
const SEQUENCE = new Uint8Array(4).fill(0xff);
const VERSION = Uint8Array.of(2, 0, 0, 0);
const LOCK_TIME = new Uint8Array(4);
/** One witness item of 32 zero bytes: the reserved value BIP141 asks of a coinbase. */
const RESERVED_WITNESS = concatBytes([Uint8Array.of(1, 32), new Uint8Array(32)]);

export interface CoinbaseParts {
  readonly height: number;
  /** The 44 bytes of commitment.ts. */
  readonly commitment: Uint8Array;
  /** Makes two miners' coinbases differ, and one miner's from one another. */
  readonly extraNonce: Uint8Array;
  readonly rewardSat: bigint;
  readonly payoutScript: Uint8Array;
  readonly witnessCommitment?: Uint8Array;
}

export interface BuiltCoinbase {
  /** Without witness: what is hashed and what proofs carry. */
  readonly stripped: Uint8Array;
  /** What stands in the block. */
  readonly full: Uint8Array;
  readonly script: Uint8Array;
}

export function buildCoinbase(parts: CoinbaseParts): BuiltCoinbase {
  const script = concatBytes([pushNumber(parts.height), push(parts.commitment), push(parts.extraNonce)]);
  if (script.length > SCRIPT_BYTES_MAX) throw new RangeError(`a coinbase script of ${script.length} bytes`);
  const input = concatBytes([NULL_OUTPOINT, withSize(script), SEQUENCE]);
  const outputs = [output(parts.rewardSat, parts.payoutScript)];
  if (parts.witnessCommitment !== undefined) outputs.push(output(0n, parts.witnessCommitment));
  const core = concatBytes([Uint8Array.of(1), input, Uint8Array.of(outputs.length), ...outputs]);
  const stripped = concatBytes([VERSION, core, LOCK_TIME]);
  const full =
    parts.witnessCommitment === undefined
      ? stripped
      : concatBytes([VERSION, Uint8Array.of(0, 1), core, RESERVED_WITNESS, LOCK_TIME]);
  return { stripped, full, script };
}

/** The height as BIP34 wants it: the shortest push of a script number. */
export function pushNumber(value: number): Uint8Array {
  if (value === 0) return Uint8Array.of(0);
  if (value <= 16) return Uint8Array.of(0x50 + value);
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest % 256);
  // The highest bit is the sign.
  if (bytes.at(-1)! >= 0x80) bytes.push(0);
  return push(Uint8Array.from(bytes));
}

function push(data: Uint8Array): Uint8Array {
  if (data.length > 75) throw new RangeError('a push above 75 bytes needs another opcode');
  return concatBytes([Uint8Array.of(data.length), data]);
}

function output(valueSat: bigint, script: Uint8Array): Uint8Array {
  const value = new Uint8Array(8);
  viewOf(value).setBigUint64(0, valueSat, true);
  return concatBytes([value, withSize(script)]);
}

function withSize(bytes: Uint8Array): Uint8Array {
  return concatBytes([encodeCompactSize(bytes.length), bytes]);
}
