// Hand-written contracts for tests: text in, module out. Development only; the node never loads binaryen.
import binaryen from 'binaryen';

/** What every contract module imports; `body` defines functions and exports `invoke`. */
const IMPORTS = `
  (import "rt" "memory" (memory 0))
  (import "rt" "fuel" (global $fuel (mut i64)))
  (import "rt" "stack" (global $stack (mut i32)))
  (import "rt" "len" (global $len (mut i32)))
  (import "rt" "fault" (func $fault (param i32)))
  (import "rt" "alloc" (func $alloc (param i32) (result i32)))
  (import "rt" "state_read" (func $state_read (param i32) (result i32)))
  (import "rt" "state_write" (func $state_write (param i32 i32) (result i32)))
  (import "rt" "elem_read" (func $elem_read (param i32 i32 i32 i32) (result i32)))
  (import "rt" "elem_write" (func $elem_write (param i32 i32 i32 i32 i32) (result i32)))
  (import "rt" "elem_erase" (func $elem_erase (param i32 i32 i32 i32)))
  (import "rt" "relay" (func $relay (param i32 i32 i32 i32 i32 i32 i32)))
  (import "rt" "context" (func $context (param i32) (result i64)))
  (import "rt" "context_bytes" (func $context_bytes (param i32 i32)))
  (import "rt" "log_amount" (func $log_amount (param i64 i64)))
  (import "rt" "ret" (func $ret (param i32 i32)))
  (import "rt" "check" (func $check (param i32 i32)))
  (import "rt" "u128_mul" (func $u128_mul (param i32 i32 i32)))
  (import "rt" "u128_div" (func $u128_div (param i32 i32 i32)))
  (import "rt" "u128_rem" (func $u128_rem (param i32 i32 i32)))
  (import "rt" "i128_mul" (func $i128_mul (param i32 i32 i32)))
  (import "rt" "i128_div" (func $i128_div (param i32 i32 i32)))
  (import "rt" "i128_rem" (func $i128_rem (param i32 i32 i32)))
  (import "rt" "sha256" (func $sha256 (param i32 i32 i32)))
  (import "rt" "address_valid" (func $address_valid (param i32) (result i32)))
  (import "rt" "text_u128" (func $text_u128 (param i32 i32) (result i32)))
  (import "rt" "text_i128" (func $text_i128 (param i32 i32) (result i32)))
  (import "rt" "text_address" (func $text_address (param i32 i32) (result i32)))
  (import "rt" "text_hash" (func $text_hash (param i32 i32) (result i32)))
  (import "rt" "parse_address" (func $parse_address (param i32 i32 i32) (result i32)))
  (func $use (param $gas i64)
    (global.set $fuel (i64.sub (global.get $fuel) (local.get $gas)))
    (if (i64.lt_s (global.get $fuel) (i64.const 0)) (then (call $fault (i32.const 30)))))
`;

/** A contract whose `invoke` calls the function at the index of its op: each takes the record's address. */
export function contractOf(functions: readonly string[], more = ''): WebAssembly.Module {
  const cases = functions.map(
    (_, op) => `(if (i32.eq (local.get $op) (i32.const ${op})) (then (call $f${op} (local.get $d)) (return)))`,
  );
  const bodies = functions.map(
    (body, op) => `(func $f${op} (param $d i32) (local $p i32) (local $q i32) (local $n i64) (local $m i64) ${body})`,
  );
  const text = `(module ${IMPORTS} ${more} ${bodies.join('\n')}
    (func (export "invoke") (param $op i32) (param $d i32) ${cases.join('\n')} (call $fault (i32.const 16))))`;
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.MutableGlobals | binaryen.Features.BulkMemory | binaryen.Features.BulkMemoryOpt);
  if (module.validate() !== 1) throw new Error('the contract is not valid');
  const bytes = module.emitBinary();
  module.dispose();
  return new WebAssembly.Module(bytes);
}

/** Arguments of a record with a 36-byte key. */
export const ARGS = '(i32.add (local.get $d) (i32.const 240))';
