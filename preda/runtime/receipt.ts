// Receipts with their log record: one per invocation, in the order they ran.
import {
  KIND_USER,
  R_CONTRACT,
  R_FROM,
  R_ID,
  R_INITIATOR,
  R_KEY,
  R_KEY_LEN,
  R_KIND,
  R_OP,
  R_PARTITION,
  R_ROOT,
  R_SCOPE,
  RECEIPT_BYTES,
} from './layout';
import { amountHigh, amountLow, here } from './frame';
import { children, copy36, copyKey36, outStart } from './relay';

export let receiptOut: u32 = 0;
/** Receipts since the block began. */
let index: u32 = 0;

export function setReceipts(at: u32): void {
  receiptOut = at;
}

export function resetReceiptIndex(): void {
  index = 0;
}

/** `own` = the invocation ran at its sender only, for a target elsewhere. */
@inline
export function writeReceipt(d: u32, status: u32, exception: u32, gas: i64, own: bool): void {
  const r = receiptOut;
  const kind = <u32>load<u8>(d, R_KIND);
  v128.store(r, v128.load(d, R_ID));
  v128.store(r, v128.load(d, R_ID + 16), 16);
  v128.store(r, v128.load(d, R_ROOT), 32);
  v128.store(r, v128.load(d, R_ROOT + 16), 48);
  store<u64>(r, (<u64>index) | ((<u64>status) << 32) | ((<u64>exception) << 40) | ((<u64>children) << 48), 64);
  store<i64>(r, gas, 72);
  store<u64>(
    r,
    (<u64>kind) | ((<u64>load<u8>(d, R_SCOPE)) << 8) | ((<u64>load<u16>(d, R_OP)) << 16) | ((<u64>(kind == KIND_USER ? here : load<u32>(d, R_PARTITION))) << 32),
    80,
  );
  store<u64>(r, load<u64>(d, R_CONTRACT), 88);
  if (own) copy36(r + 96, d + R_INITIATOR);
  else copyKey36(r + 96, d + R_KEY, load<u8>(d, R_KEY_LEN));
  if (kind != KIND_USER) copy36(r + 132, d + R_FROM);
  else if (children) copyKey36(r + 132, outStart + R_KEY, load<u8>(outStart, R_KEY_LEN));
  else if (own) copyKey36(r + 132, d + R_KEY, load<u8>(d, R_KEY_LEN));
  else memory.fill(r + 132, 0, 36);
  store<i64>(r, amountLow, 168);
  store<i64>(r, amountHigh, 176);
  index++;
  receiptOut = r + RECEIPT_BYTES;
}
