// A batch of transactions on the wire: u32 count, then u32 length and bytes for each, as in a block's body.
import { blob, DecodeError, list, Reader, u32, Writer } from '../core/codec.ts';
import { MAX_TRANSACTION_BYTES } from '../core/layouts.ts';
import { RpcError } from '../rpc/errors.ts';

export const MAX_BATCH_TRANSACTIONS = 4_096;

const TRANSACTIONS = list(u32, blob(u32, MAX_TRANSACTION_BYTES), MAX_BATCH_TRANSACTIONS);

/** Views of `bytes`; throws BAD_FRAME. */
export function unpackBatch(bytes: Uint8Array): Uint8Array[] {
  const reader = new Reader(bytes);
  try {
    const transactions = TRANSACTIONS.read(reader, 'batch');
    reader.end('batch');
    return transactions;
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RpcError('BAD_FRAME', { message: cause.message }, { cause });
    throw cause;
  }
}

export function packBatch(transactions: readonly Uint8Array[]): Uint8Array {
  const writer = new Writer();
  TRANSACTIONS.write(writer, [...transactions], 'batch');
  return writer.finish();
}
