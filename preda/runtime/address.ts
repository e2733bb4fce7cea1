// Addresses as contracts see them: checksum, text and back (core/address.ts is the same in JavaScript).
import { CRC_TABLE } from './layout';
import { checkOut } from './heap';

const KIND_CONTRACT: u32 = 4;
const GLYPHS: usize = memory.data<u8>([
  0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x6a, 0x6b,
  0x6d, 0x6e, 0x70, 0x71, 0x72, 0x73, 0x74, 0x76, 0x77, 0x78, 0x79, 0x7a,
]);
// Kind, length and name: "ed25519", "contract", "custom", "dapp"; a zero ends it.
const NAMES: usize = memory.data<u8>([
  3, 7, 0x65, 0x64, 0x32, 0x35, 0x35, 0x31, 0x39, 4, 8, 0x63, 0x6f, 0x6e, 0x74, 0x72, 0x61, 0x63, 0x74, 5, 6, 0x63, 0x75,
  0x73, 0x74, 0x6f, 0x6d, 10, 4, 0x64, 0x61, 0x70, 0x70, 0,
]);
const NO_GLYPH: u32 = 32;

export function initCrc(): void {
  for (let n: u32 = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >> 1) ^ 0x82f63b78 : c >> 1;
    store<u32>(CRC_TABLE + n * 4, c);
  }
  for (let n: u32 = 256; n < 2048; n++) {
    const c = load<u32>(CRC_TABLE + (n - 256) * 4);
    store<u32>(CRC_TABLE + n * 4, (c >> 8) ^ load<u32>(CRC_TABLE + (c & 255) * 4));
  }
}

/** Table `t` at byte `i` of a word. */
@inline
function slice(word: u32, i: u32, t: u32): u32 {
  return load<u32>(CRC_TABLE + t * 1024 + ((word >> (i * 8)) & 255) * 4);
}

function tagOf(key: u32, kind: u32): u32 {
  let crc = kind;
  for (let i: u32 = 0; i < 32; i += 8) {
    const low = load<u32>(key + i) ^ crc;
    const high = load<u32>(key + i, 4);
    crc = slice(high, 3, 0) ^ slice(high, 2, 1) ^ slice(high, 1, 2) ^ slice(high, 0, 3);
    crc ^= slice(low, 3, 4) ^ slice(low, 2, 5) ^ slice(low, 1, 6) ^ slice(low, 0, 7);
  }
  return (crc & 0xfffffff0) | kind;
}

/** Entry of NAMES, 0 = unknown kind. */
function nameOf(kind: u32): u32 {
  let at = <u32>NAMES;
  while (load<u8>(at)) {
    if (<u32>load<u8>(at) == kind) return at;
    at += 2 + <u32>load<u8>(at, 1);
  }
  return 0;
}

export function address_valid(at: i32): i32 {
  const tag = load<u32>(at, 32);
  return nameOf(tag & 15) != 0 && tagOf(at, tag & 15) == tag ? 1 : 0;
}

export function writeContractAddress(out: u32, id: u64): void {
  memory.fill(out, 0, 36);
  store<u64>(out, id);
  store<u32>(out, tagOf(out, KIND_CONTRACT), 32);
}

function base32(out: u32, from: u32, size: u32): u32 {
  let pool: u32 = 0;
  let bits: u32 = 0;
  let to = out;
  for (let i: u32 = 0; i < size; i++) {
    pool = (pool << 8) | <u32>load<u8>(from + i);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      store<u8>(to++, load<u8>(<u32>GLYPHS + ((pool >> bits) & 31)));
    }
    pool &= (1 << bits) - 1;
  }
  if (bits) store<u8>(to++, load<u8>(<u32>GLYPHS + ((pool << (5 - bits)) & 31)));
  return to;
}

/** 58 glyphs, a colon and the kind; of a kind without a name only the glyphs. At most 67 bytes. */
export function text_address(out: i32, at: i32): i32 {
  checkOut(out, 67);
  let to = base32(out, at, 36);
  const name = nameOf(load<u32>(at, 32) & 15);
  if (name) {
    store<u8>(to++, 0x3a);
    const size = <u32>load<u8>(name, 1);
    memory.copy(to, name + 2, size);
    to += size;
  }
  return to - out;
}

/** 52 glyphs. */
export function text_hash(out: i32, at: i32): i32 {
  checkOut(out, 52);
  return base32(out, at, 32) - out;
}

function digitOf(glyph: u32): u32 {
  let g = glyph;
  if (g >= 0x41 && g <= 0x5a) g += 32;
  if (g == 0x69 || g == 0x6c) g = 0x31;
  else if (g == 0x6f) g = 0x30;
  else if (g == 0x40) g = 0x7a;
  for (let i: u32 = 0; i < 32; i++) if (<u32>load<u8>(<u32>GLYPHS + i) == g) return i;
  return NO_GLYPH;
}

/** 1 = `size` bytes of text are an address, which is then at `out`. */
export function parse_address(out: i32, at: i32, size: i32): i32 {
  checkOut(out, 36);
  if (size < 60 || load<u8>(at, 58) != 0x3a) return 0;
  let pool: u32 = 0;
  let bits: u32 = 0;
  let to: u32 = out;
  for (let i = 0; i < 58; i++) {
    const digit = digitOf(load<u8>(at + i));
    if (digit == NO_GLYPH) return 0;
    pool = (pool << 5) | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      store<u8>(to++, pool >> bits);
      pool &= (1 << bits) - 1;
    }
  }
  if (pool || !address_valid(out)) return 0;
  const name = nameOf(load<u32>(out, 32) & 15);
  if (<u32>load<u8>(name, 1) != <u32>size - 59) return 0;
  for (let i = 0; i < size - 59; i++) if (load<u8>(at + 59 + i) != load<u8>(name + 2 + i)) return 0;
  return 1;
}
