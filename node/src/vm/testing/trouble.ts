// A contract of misdeeds: each op is one way to be expensive or wrong, or one feature of the runtime on its own.
import { ARGS, contractOf } from './wat.ts';

export const TROUBLE = {
  endlessLoop: 0,
  hugeHeap: 1,
  deepRecursion: 2,
  hugeState: 3,
  bareTrap: 4,
  outOfBounds: 5,
  writeThenFail: 6,
  setState: 7,
  setElement: 8,
  eraseElement: 9,
  broadcast: 10,
  toGlobal: 11,
  next: 12,
  answer: 13,
  relayThenFail: 14,
  relayWith: 15,
  hostStackOverflow: 16,
  wildStore: 17,
  readBack: 18,
  contexts: 19,
  manyRelays: 20,
  setGlobal: 21,
  readGlobal: 22,
  setShard: 23,
  heapTwice: 24,
} as const;

/** Copies the arguments behind the first `skip` bytes to $q. */
const copyArgs = (skip: number) =>
  `(memory.copy (local.get $q) (i32.add ${ARGS} (i32.const ${skip})) (i32.sub (i32.load offset=192 (local.get $d)) (i32.const ${skip})))`;
const argsLen = (skip: number) => `(i32.sub (i32.load offset=192 (local.get $d)) (i32.const ${skip}))`;
/** Arguments of a record without a key. */
const BARE_ARGS = '(i32.add (local.get $d) (i32.const 200))';

const FUNCTIONS: readonly string[] = [
  '(loop $again (call $use (i64.const 8)) (br $again))',
  '(loop $again (drop (call $alloc (i32.const 1000000))) (br $again))',
  '(call $deep)',
  `(loop $again
     (local.set $p (call $state_write (i32.const 0) (i32.load ${ARGS})))
     (br $again))`,
  '(unreachable)',
  '(drop (i32.load (i32.const -4)))',
  `(local.set $q (call $state_write (i32.const 0) ${argsLen(0)})) ${copyArgs(0)}
   (local.set $q (call $elem_write (i32.const 0) (i32.const 3) ${ARGS} (i32.const 8) ${argsLen(0)})) ${copyArgs(0)}
   (call $fault (i32.const 8))`,
  `(local.set $q (call $state_write (i32.const 0) ${argsLen(0)})) ${copyArgs(0)}`,
  `(local.set $q (call $elem_write (i32.const 0) (i32.const 1) ${ARGS} (i32.const 8) ${argsLen(8)})) ${copyArgs(8)}`,
  `(call $elem_erase (i32.const 0) (i32.const 1) ${ARGS} (i32.const 8))`,
  `(call $relay (i32.const 2) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 23) ${BARE_ARGS} (i32.const 8))`,
  `(call $relay (i32.const 3) (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 21) ${ARGS} ${argsLen(0)})`,
  `(call $relay (i32.const 4) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 7) ${ARGS} ${argsLen(0)})`,
  `(local.set $q (call $alloc ${argsLen(0)})) ${copyArgs(0)} (call $ret (local.get $q) ${argsLen(0)})
   (drop (call $state_write (i32.const 0) (i32.const 16)))`,
  `(call $relay (i32.const 1) (i32.const 1) ${ARGS} (i32.const 36) (i32.const 7) ${ARGS} (i32.const 8))
   (local.set $q (call $state_write (i32.const 0) (i32.const 5)))
   (call $fault (i32.const 21))`,
  `(call $relay (i32.const 1) (i32.const 1) ${ARGS} (i32.const 36) (i32.const 7) ${ARGS} (i32.load offset=36 ${ARGS}))`,
  '(call $overflow)',
  `(call $check (i32.const 1000) (i32.const 8)) (i32.store (i32.const 1000) (i32.const 1))`,
  `(local.set $p (call $state_read (i32.const 0)))
   (if (local.get $p) (then (call $ret (local.get $p) (global.get $len))))`,
  `(local.set $q (call $alloc (i32.const 400)))
   (call $context_bytes (i32.const 0) (local.get $q))
   (call $context_bytes (i32.const 1) (i32.add (local.get $q) (i32.const 36)))
   (call $context_bytes (i32.const 2) (i32.add (local.get $q) (i32.const 72)))
   (call $context_bytes (i32.const 3) (i32.add (local.get $q) (i32.const 108)))
   (i64.store offset=144 (local.get $q) (call $context (i32.const 0)))
   (i64.store offset=152 (local.get $q) (call $context (i32.const 1)))
   (i64.store offset=160 (local.get $q) (call $context (i32.const 2)))
   (i64.store offset=168 (local.get $q) (call $context (i32.const 3)))
   (i64.store offset=176 (local.get $q) (call $context (i32.const 4)))
   (i64.store offset=184 (local.get $q) (call $context (i32.const 5)))
   (i64.store offset=192 (local.get $q) (call $context (i32.const 7)))
   (i64.store offset=200 (local.get $q) (call $context (i32.const 9)))
   (call $sha256 (i32.add (local.get $q) (i32.const 208)) ${ARGS} ${argsLen(0)})
   (i32.store offset=240 (local.get $q) (call $text_address (i32.add (local.get $q) (i32.const 244)) (i32.add (local.get $q) (i32.const 36))))
   (i32.store offset=320 (local.get $q)
     (call $parse_address (i32.add (local.get $q) (i32.const 324)) (i32.add (local.get $q) (i32.const 244)) (i32.load offset=240 (local.get $q))))
   (call $ret (local.get $q) (i32.const 400))`,
  `(local.set $q (i32.load ${ARGS}))
   (loop $again
     (call $relay (i32.const 1) (i32.const 1) (i32.add ${ARGS} (i32.const 8)) (i32.const 36) (i32.const 7) ${ARGS} (i32.const 8))
     (local.set $q (i32.sub (local.get $q) (i32.const 1)))
     (br_if $again (local.get $q)))`,
  `(local.set $q (call $state_write (i32.const 0) (i32.load offset=192 (local.get $d))))
   (memory.copy (local.get $q) ${BARE_ARGS} (i32.load offset=192 (local.get $d)))`,
  `(local.set $p (call $state_read (i32.const 2)))
   (if (local.get $p) (then (call $ret (local.get $p) (global.get $len))))`,
  `(local.set $q (call $state_write (i32.const 1) (i32.const 8)))
   (i64.store (local.get $q) (i64.load ${BARE_ARGS}))`,
  `(local.set $p (call $alloc (i32.load ${ARGS}))) (local.set $q (call $alloc (i32.const 70000)))
   (if (i64.ne (i64.load (local.get $q)) (i64.const 0)) (then (unreachable)))
   (i64.store (local.get $p) (i64.const -1)) (i64.store (local.get $q) (i64.const -1))`,
];

const MORE = `
  (func $deep (call $use (i64.const 8))
    (global.set $stack (i32.sub (global.get $stack) (i32.const 160)))
    (if (i32.lt_s (global.get $stack) (i32.const 0)) (then (call $fault (i32.const 15))))
    (call $deep)
    (global.set $stack (i32.add (global.get $stack) (i32.const 160))))
  (func $overflow (call $overflow) (call $overflow))`;

export function troubleModule(): WebAssembly.Module {
  return contractOf(FUNCTIONS, MORE);
}

/** Every operation on wide integers: arguments a, b; answers what it wrote. */
export const WIDE_OPS = [
  'u128_mul',
  'u128_div',
  'u128_rem',
  'i128_mul',
  'i128_div',
  'i128_rem',
  'text_u128',
  'text_i128',
] as const;

export function wideModule(): WebAssembly.Module {
  const b = `(i32.add ${ARGS} (i32.const 16))`;
  return contractOf(
    WIDE_OPS.map((name) =>
      name.startsWith('text')
        ? `(local.set $q (call $alloc (i32.const 48))) (call $ret (local.get $q) (call $${name} (local.get $q) ${ARGS}))`
        : `(local.set $q (call $alloc (i32.const 16))) (call $${name} (local.get $q) ${ARGS} ${b}) (call $ret (local.get $q) (i32.const 16))`,
    ),
  );
}
