// SHA-256, one message at a time, for contracts and contexts.
import { SHA_SCRATCH } from './layout';

/** The round constants. */
export const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
export const INITIAL: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

const SCHEDULE: u32 = SHA_SCRATCH;
const STATE: u32 = SHA_SCRATCH + 256;
const TAIL: u32 = SHA_SCRATCH + 320;

@inline
function big0(x: u32): u32 {
  return rotr<u32>(x, 2) ^ rotr<u32>(x, 13) ^ rotr<u32>(x, 22);
}
@inline
function big1(x: u32): u32 {
  return rotr<u32>(x, 6) ^ rotr<u32>(x, 11) ^ rotr<u32>(x, 25);
}

function compress(block: u32): void {
  const w = SCHEDULE;
  for (let t: u32 = 0; t < 16; t++) store<u32>(w + t * 4, bswap<u32>(load<u32>(block + t * 4)));
  for (let t: u32 = 16; t < 64; t++) {
    const p = load<u32>(w + t * 4 - 60);
    const q = load<u32>(w + t * 4 - 8);
    const s0 = rotr<u32>(p, 7) ^ rotr<u32>(p, 18) ^ (p >> 3);
    const s1 = rotr<u32>(q, 17) ^ rotr<u32>(q, 19) ^ (q >> 10);
    store<u32>(w + t * 4, load<u32>(w + t * 4 - 64) + s0 + load<u32>(w + t * 4 - 28) + s1);
  }
  let a = load<u32>(STATE);
  let b = load<u32>(STATE, 4);
  let c = load<u32>(STATE, 8);
  let d = load<u32>(STATE, 12);
  let e = load<u32>(STATE, 16);
  let f = load<u32>(STATE, 20);
  let g = load<u32>(STATE, 24);
  let h = load<u32>(STATE, 28);
  let x: u32 = 0;
  for (let t: u32 = 0; t < 64; t += 8) {
    x = h + big1(e) + ((e & f) ^ (~e & g)) + load<u32>(w + t * 4, 0) + load<u32>(K + t * 4, 0);
    d += x;
    h = x + big0(a) + ((a & b) ^ (a & c) ^ (b & c));
    x = g + big1(d) + ((d & e) ^ (~d & f)) + load<u32>(w + t * 4, 4) + load<u32>(K + t * 4, 4);
    c += x;
    g = x + big0(h) + ((h & a) ^ (h & b) ^ (a & b));
    x = f + big1(c) + ((c & d) ^ (~c & e)) + load<u32>(w + t * 4, 8) + load<u32>(K + t * 4, 8);
    b += x;
    f = x + big0(g) + ((g & h) ^ (g & a) ^ (h & a));
    x = e + big1(b) + ((b & c) ^ (~b & d)) + load<u32>(w + t * 4, 12) + load<u32>(K + t * 4, 12);
    a += x;
    e = x + big0(f) + ((f & g) ^ (f & h) ^ (g & h));
    x = d + big1(a) + ((a & b) ^ (~a & c)) + load<u32>(w + t * 4, 16) + load<u32>(K + t * 4, 16);
    h += x;
    d = x + big0(e) + ((e & f) ^ (e & g) ^ (f & g));
    x = c + big1(h) + ((h & a) ^ (~h & b)) + load<u32>(w + t * 4, 20) + load<u32>(K + t * 4, 20);
    g += x;
    c = x + big0(d) + ((d & e) ^ (d & f) ^ (e & f));
    x = b + big1(g) + ((g & h) ^ (~g & a)) + load<u32>(w + t * 4, 24) + load<u32>(K + t * 4, 24);
    f += x;
    b = x + big0(c) + ((c & d) ^ (c & e) ^ (d & e));
    x = a + big1(f) + ((f & g) ^ (~f & h)) + load<u32>(w + t * 4, 28) + load<u32>(K + t * 4, 28);
    e += x;
    a = x + big0(b) + ((b & c) ^ (b & d) ^ (c & d));
  }
  store<u32>(STATE, load<u32>(STATE) + a);
  store<u32>(STATE, load<u32>(STATE, 4) + b, 4);
  store<u32>(STATE, load<u32>(STATE, 8) + c, 8);
  store<u32>(STATE, load<u32>(STATE, 12) + d, 12);
  store<u32>(STATE, load<u32>(STATE, 16) + e, 16);
  store<u32>(STATE, load<u32>(STATE, 20) + f, 20);
  store<u32>(STATE, load<u32>(STATE, 24) + g, 24);
  store<u32>(STATE, load<u32>(STATE, 28) + h, 28);
}

export function hash(out: u32, message: u32, size: u32): void {
  memory.copy(STATE, <u32>INITIAL, 32);
  let at: u32 = 0;
  for (; at + 64 <= size; at += 64) compress(message + at);
  const rest = size - at;
  memory.fill(TAIL, 0, 128);
  memory.copy(TAIL, message + at, rest);
  store<u8>(TAIL + rest, 0x80);
  const end: u32 = rest < 56 ? 64 : 128;
  store<u64>(TAIL + end - 8, bswap<u64>((<u64>size) << 3));
  compress(TAIL);
  if (end == 128) compress(TAIL + 64);
  for (let i: u32 = 0; i < 32; i += 4) store<u32>(out + i, bswap<u32>(load<u32>(STATE + i)));
}
