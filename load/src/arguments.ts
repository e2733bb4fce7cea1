// Arguments and return values of the contracts that workloads call, written and read by hand because a run makes thousands a
// second; a test compares them with the compiler's own encoding.
import { viewOf } from '@rexnet/node/core/bytes.ts';

const ADDRESS_BYTES = 36;
const UINT128_BYTES = 16;

/** (address, uint128) */
export const PAYMENT_BYTES: number = ADDRESS_BYTES + UINT128_BYTES;
export function writePayment(out: Uint8Array, at: number, to: Uint8Array, amount: bigint): void {
  out.set(to, at);
  writeUint128(out, at + ADDRESS_BYTES, amount);
}
export function paymentArgs(to: Uint8Array, amount: bigint): Uint8Array {
  const args = new Uint8Array(PAYMENT_BYTES);
  writePayment(args, 0, to, amount);
  return args;
}

/** (array<address>, uint128) */
export function airdropArgs(to: readonly Uint8Array[], each: bigint): Uint8Array {
  const args = new Uint8Array(4 + to.length * ADDRESS_BYTES + UINT128_BYTES);
  viewOf(args).setUint32(0, to.length, true);
  for (const [i, address] of to.entries()) args.set(address, 4 + i * ADDRESS_BYTES);
  writeUint128(args, args.length - UINT128_BYTES, each);
  return args;
}

/** (uint32) */
export function uint32Args(value: number): Uint8Array {
  const args = new Uint8Array(4);
  viewOf(args).setUint32(0, value, true);
  return args;
}

function writeUint128(out: Uint8Array, at: number, value: bigint): void {
  const view = viewOf(out);
  view.setBigUint64(at, BigInt.asUintN(64, value), true);
  view.setBigUint64(at + 8, value >> 64n, true);
}

/** An unsigned integer of the size its function returns. */
export function readUint(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at--) value = (value << 8n) + BigInt(bytes[at] ?? 0);
  return value;
}
