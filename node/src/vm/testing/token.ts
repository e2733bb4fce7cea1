// A token by hand, as the compiler would write it: u128 balances per address, a debit and its relayed credit.
import { ARGS, contractOf } from './wat.ts';

export const TOKEN_OP = { transfer: 0, credit: 1 } as const;

/** transfer(address to, uint128 amount): decode, check, debit, relay the credit. */
const TRANSFER = `
  (call $use (i64.const 160))
  (if (i32.ne (i32.load offset=192 (local.get $d)) (i32.const 52)) (then (call $fault (i32.const 12))))
  (if (i32.eqz (call $address_valid ${ARGS})) (then (call $fault (i32.const 12))))
  (local.set $n (i64.load offset=276 (local.get $d)))
  (local.set $m (i64.load offset=284 (local.get $d)))
  (local.set $p (call $state_read (i32.const 0)))
  (if (i32.eqz (local.get $p)) (then (call $fault (i32.const 21))))
  (if (i64.gt_u (local.get $m) (i64.load offset=8 (local.get $p))) (then (call $fault (i32.const 21))))
  (if (i32.and
        (i64.eq (local.get $m) (i64.load offset=8 (local.get $p)))
        (i64.gt_u (local.get $n) (i64.load (local.get $p)))) (then (call $fault (i32.const 21))))
  (local.set $q (call $state_write (i32.const 0) (i32.const 16)))
  (i64.store offset=8 (local.get $q)
    (i64.sub (i64.sub (i64.load offset=8 (local.get $q)) (local.get $m))
      (i64.extend_i32_u (i64.lt_u (i64.load (local.get $q)) (local.get $n)))))
  (i64.store (local.get $q) (i64.sub (i64.load (local.get $q)) (local.get $n)))
  (call $log_amount (local.get $n) (local.get $m))
  (call $relay (i32.const 1) (i32.const 1) ${ARGS} (i32.const 36) (i32.const 1)
    (i32.add (local.get $d) (i32.const 276)) (i32.const 16))`;

/** credit(uint128 amount) */
const CREDIT = `
  (call $use (i64.const 100))
  (if (i32.ne (i32.load offset=192 (local.get $d)) (i32.const 16)) (then (call $fault (i32.const 12))))
  (local.set $n (i64.load offset=240 (local.get $d)))
  (local.set $m (i64.load offset=248 (local.get $d)))
  (local.set $p (call $state_read (i32.const 0)))
  (if (local.get $p) (then
    (local.set $n (i64.add (local.get $n) (i64.load (local.get $p))))
    (local.set $m (i64.add (i64.add (local.get $m) (i64.load offset=8 (local.get $p)))
      (i64.extend_i32_u (i64.lt_u (local.get $n) (i64.load (local.get $p))))))
    (if (i64.lt_u (local.get $m) (i64.load offset=8 (local.get $p))) (then (call $fault (i32.const 1))))))
  (local.set $q (call $state_write (i32.const 0) (i32.const 16)))
  (i64.store (local.get $q) (local.get $n))
  (i64.store offset=8 (local.get $q) (local.get $m))
  (call $log_amount (i64.load offset=240 (local.get $d)) (i64.load offset=248 (local.get $d)))`;

export function tokenModule(): WebAssembly.Module {
  return contractOf([TRANSFER, CREDIT]);
}
