// Accounts: nonce and balance in one line each. Admission of user transactions, transfers, credits.
import {
  FAULT_STATUS,
  GAS_RELAY,
  KIND_VALUE,
  L_PAYLOAD,
  LEN_SHIFT,
  L_META,
  NO_CODE,
  OP_TRANSFER,
  R_ARGS_LEN,
  R_GAS,
  R_INITIATOR,
  R_KEY,
  R_KEY_LEN,
  R_NONCE,
  R_OP,
  R_PRICE,
  R_SCOPE,
  R_VALUE,
  SCOPE_ACCOUNT,
  STATUS_FUNCTION_UNAVAILABLE,
  STATUS_INSUFFICIENT_FUNDS,
  STATUS_INVALID_ARGUMENTS,
  CODE_ADDRESS,
} from './layout';
import { charge, fault } from './fault';
import { book, create, entryBytes, findShort, isLine, lengthOf, setLength } from './cells';
import { touch, touchNew } from './journal';
import { addressPartition, shortTag } from './hash';
import { emitValue } from './relay';
import { here, log_amount } from './frame';

/** Contract 0, scope 0, a key of 36 bytes. */
export const ACCOUNT_META: u32 = CODE_ADDRESS;
const ACCOUNT_BYTES: u32 = 16;
const NONCE: u32 = L_PAYLOAD;
const BALANCE: u32 = L_PAYLOAD + 8;
const PRESENT: u32 = ACCOUNT_BYTES << LEN_SHIFT | ACCOUNT_META;

/** Line of an account that exists, 0 = none. */
@inline
function find(address: u32, hintTag: u32, hintLine: u32): u32 {
  if (hintLine && isLine(hintLine, ACCOUNT_META, address)) return present(hintLine);
  const tag = hintTag ? hintTag : shortTag(ACCOUNT_META, address);
  return present(findShort(addressPartition(address), tag, ACCOUNT_META, address));
}

@inline
function present(line: u32): u32 {
  return line && load<u32>(line, L_META) == PRESENT ? line : 0;
}

/** a · b, or u64.MAX_VALUE when that is more than 64 bits. */
@inline
export function product(a: u64, b: u64): u64 {
  if ((a | b) >> 32 == 0) return a * b;
  return b && a > u64.MAX_VALUE / b ? u64.MAX_VALUE : a * b;
}

/** The sender's line when the transaction may start, 0 = wrong nonce or no funds. */
@inline
export function admit(d: u32, hintTag: u32, hintLine: u32): u32 {
  const line = find(d + R_INITIATOR, hintTag, hintLine);
  if (!line) return 0;
  const cost = product(load<u64>(d, R_GAS), load<u64>(d, R_PRICE));
  if (
    load<u64>(line, NONCE) != load<u64>(d, R_NONCE) ||
    load<u64>(line, BALANCE) < cost ||
    cost == u64.MAX_VALUE ||
    load<u64>(d, R_VALUE) != 0
  )
    return 0;
  return line;
}

/** Takes the whole budget and uses the nonce. */
@inline
export function chargeSender(d: u32, line: u32): void {
  touch(line);
  store<u64>(line, load<u64>(line, NONCE) + 1, NONCE);
  store<u64>(line, load<u64>(line, BALANCE) - load<u64>(d, R_GAS) * load<u64>(d, R_PRICE), BALANCE);
}

export function credit(address: u32, msat: u64, hintTag: u32, hintLine: u32): void {
  const line = find(address, hintTag, hintLine);
  if (line) {
    touch(line);
    store<u64>(line, load<u64>(line, BALANCE) + msat, BALANCE);
  } else open(address, msat);
}

function open(address: u32, msat: u64): void {
  const partition = addressPartition(address);
  const tag = shortTag(ACCOUNT_META, address);
  let line = findShort(partition, tag, ACCOUNT_META, address);
  if (line) touch(line);
  else {
    line = create(partition, tag, ACCOUNT_META, address, 0);
    touchNew(line);
  }
  const before = <i64>entryBytes(line, lengthOf(line));
  setLength(line, ACCOUNT_BYTES);
  store<u64>(line, 0, NONCE);
  store<u64>(line, msat, BALANCE);
  store<u32>(line, 0, L_PAYLOAD + 16);
  book(line, <i64>entryBytes(line, ACCOUNT_BYTES) - before);
}

/** A user's transfer: contract 0, op 0, an account, u64 amount. Runs at the sender. */
export function transfer(d: u32, hintTag: u32, hintLine: u32): void {
  if (<u32>load<u16>(d, R_OP) != OP_TRANSFER || <u32>load<u8>(d, R_SCOPE) != SCOPE_ACCOUNT)
    fault(FAULT_STATUS + STATUS_FUNCTION_UNAVAILABLE);
  if (<u32>load<u8>(d, R_KEY_LEN) != 36 || load<u32>(d, R_ARGS_LEN) != 8) fault(FAULT_STATUS + STATUS_INVALID_ARGUMENTS);
  const amount = load<u64>(d, R_KEY + 40);
  log_amount(amount, 0);
  const line = find(d + R_INITIATOR, hintTag, hintLine);
  if (!line || load<u64>(line, BALANCE) < amount) fault(FAULT_STATUS + STATUS_INSUFFICIENT_FUNDS);
  touch(line);
  store<u64>(line, load<u64>(line, BALANCE) - amount, BALANCE);
  const to = d + R_KEY;
  const partition = addressPartition(to);
  if (partition == here) credit(to, amount, 0, 0);
  else {
    charge(GAS_RELAY);
    emitValue(KIND_VALUE, d, NO_CODE, to, partition, amount, d + R_INITIATOR);
  }
}

/** nonce and balance to `out`; zeros when there is no account. */
export function read_account(address: u32, out: u32): void {
  const line = find(address, 0, 0);
  store<u64>(out, line ? load<u64>(line, NONCE) : 0);
  store<u64>(out, line ? load<u64>(line, BALANCE) : 0, 8);
}
