// Transactions one after the other, as in a block's body: u32 count, then u32 length and bytes for each. Reads no transaction.
import { blob, list, Reader, u32, Writer } from './codec.ts';
import { MAX_TRANSACTION_BYTES } from './layouts.ts';

/** More in one message are refused. */
export const MAX_BATCH_TRANSACTIONS = 4_096;

const TRANSACTIONS = list(u32, blob(u32, MAX_TRANSACTION_BYTES), MAX_BATCH_TRANSACTIONS);

export function packTransactions(transactions: readonly Uint8Array[]): Uint8Array {
  const writer = new Writer();
  TRANSACTIONS.write(writer, [...transactions], 'batch');
  return writer.finish();
}

/** Views of `bytes`; throws DecodeError. */
export function unpackTransactions(bytes: Uint8Array): Uint8Array[] {
  const reader = new Reader(bytes);
  const transactions = TRANSACTIONS.read(reader, 'batch');
  reader.end('batch');
  return transactions;
}
