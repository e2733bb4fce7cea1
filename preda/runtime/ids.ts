// Ids of relays of relays, eight at a time in vector lanes: SHA-256(emitter's id ‖ child index).
import { R_ID, R_INDEX, SHA8_WORDS } from './layout';
import { INITIAL, K } from './sha256';

/** Records whose ids are computed together: two vectors of four lanes, because one alone waits for itself. */
export const LANES: u32 = 8;
/** From the 64 words of the first four messages to those of the others. */
const OTHERS: u32 = 1024;

@inline
function add(a: v128, b: v128): v128 {
  return i32x4.add(a, b);
}
@inline
function right(x: v128, n: i32): v128 {
  return v128.xor(i32x4.shr_u(x, n), i32x4.shl(x, 32 - n));
}
@inline
function big0(x: v128): v128 {
  return v128.xor(v128.xor(right(x, 2), right(x, 13)), right(x, 22));
}
@inline
function big1(x: v128): v128 {
  return v128.xor(v128.xor(right(x, 6), right(x, 11)), right(x, 25));
}
@inline
function small0(x: v128): v128 {
  return v128.xor(v128.xor(right(x, 7), right(x, 18)), i32x4.shr_u(x, 3));
}
@inline
function small1(x: v128): v128 {
  return v128.xor(v128.xor(right(x, 17), right(x, 19)), i32x4.shr_u(x, 10));
}
@inline
function choose(e: v128, f: v128, g: v128): v128 {
  return v128.bitselect(f, g, e);
}
/** Of a, b and c; a ^ b of this round is b ^ c of the next. */
@inline
function majority(b: v128, ab: v128, bc: v128): v128 {
  return v128.xor(v128.and(ab, bc), b);
}
@inline
function swapBytes(x: v128): v128 {
  return v128.shuffle<u8>(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}
@inline
function initial(i: u32): v128 {
  return v128.load_splat<u32>(<u32>INITIAL + i * 4);
}
@inline
function constant(k: u32, i: u32): v128 {
  return v128.load_splat<u32>(k + i * 4);
}
@inline
function word(t: u32, half: u32, i: u32): v128 {
  return v128.load(t + half * OTHERS + i * 16);
}

/** Word 16 of the schedule from the sixteen before it. */
@inline
function extend(t: u32): void {
  const far = add(v128.load(t), small0(v128.load(t, 16)));
  v128.store(t, add(far, add(v128.load(t, 144), small1(v128.load(t, 224)))), 256);
}

/**
 * Words 0 … 15 of either half lie at `w`; answers the sum of initial state and result in place of words 0 … 7. The sum of a
 * round waits for nothing but big1 of its newest word, and meanwhile the other half goes on.
 */
function compress(w: u32): void {
  for (let t = w; t < w + 768; t += 16) {
    extend(t);
    extend(t + OTHERS);
  }
  let a0 = initial(0);
  let a1 = initial(0);
  let b0 = initial(1);
  let b1 = initial(1);
  let c0 = initial(2);
  let c1 = initial(2);
  let d0 = initial(3);
  let d1 = initial(3);
  let e0 = initial(4);
  let e1 = initial(4);
  let f0 = initial(5);
  let f1 = initial(5);
  let g0 = initial(6);
  let g1 = initial(6);
  let h0 = initial(7);
  let h1 = initial(7);
  let x0: v128;
  let s0: v128;
  let p0: v128;
  let q0 = v128.xor(b0, c0);
  let x1: v128;
  let s1: v128;
  let p1: v128;
  let q1 = v128.xor(b1, c1);
  let k = <u32>K;
  for (let t = w; t < w + OTHERS; t += 128) {
    x0 = add(add(h0, add(constant(k, 0), word(t, 0, 0))), choose(e0, f0, g0));
    x1 = add(add(h1, add(constant(k, 0), word(t, 1, 0))), choose(e1, f1, g1));
    s0 = big1(e0);
    s1 = big1(e1);
    d0 = add(add(d0, x0), s0);
    d1 = add(add(d1, x1), s1);
    p0 = v128.xor(a0, b0);
    p1 = v128.xor(a1, b1);
    h0 = add(add(x0, add(big0(a0), majority(b0, p0, q0))), s0);
    h1 = add(add(x1, add(big0(a1), majority(b1, p1, q1))), s1);
    x0 = add(add(g0, add(constant(k, 1), word(t, 0, 1))), choose(d0, e0, f0));
    x1 = add(add(g1, add(constant(k, 1), word(t, 1, 1))), choose(d1, e1, f1));
    s0 = big1(d0);
    s1 = big1(d1);
    c0 = add(add(c0, x0), s0);
    c1 = add(add(c1, x1), s1);
    q0 = v128.xor(h0, a0);
    q1 = v128.xor(h1, a1);
    g0 = add(add(x0, add(big0(h0), majority(a0, q0, p0))), s0);
    g1 = add(add(x1, add(big0(h1), majority(a1, q1, p1))), s1);
    x0 = add(add(f0, add(constant(k, 2), word(t, 0, 2))), choose(c0, d0, e0));
    x1 = add(add(f1, add(constant(k, 2), word(t, 1, 2))), choose(c1, d1, e1));
    s0 = big1(c0);
    s1 = big1(c1);
    b0 = add(add(b0, x0), s0);
    b1 = add(add(b1, x1), s1);
    p0 = v128.xor(g0, h0);
    p1 = v128.xor(g1, h1);
    f0 = add(add(x0, add(big0(g0), majority(h0, p0, q0))), s0);
    f1 = add(add(x1, add(big0(g1), majority(h1, p1, q1))), s1);
    x0 = add(add(e0, add(constant(k, 3), word(t, 0, 3))), choose(b0, c0, d0));
    x1 = add(add(e1, add(constant(k, 3), word(t, 1, 3))), choose(b1, c1, d1));
    s0 = big1(b0);
    s1 = big1(b1);
    a0 = add(add(a0, x0), s0);
    a1 = add(add(a1, x1), s1);
    q0 = v128.xor(f0, g0);
    q1 = v128.xor(f1, g1);
    e0 = add(add(x0, add(big0(f0), majority(g0, q0, p0))), s0);
    e1 = add(add(x1, add(big0(f1), majority(g1, q1, p1))), s1);
    x0 = add(add(d0, add(constant(k, 4), word(t, 0, 4))), choose(a0, b0, c0));
    x1 = add(add(d1, add(constant(k, 4), word(t, 1, 4))), choose(a1, b1, c1));
    s0 = big1(a0);
    s1 = big1(a1);
    h0 = add(add(h0, x0), s0);
    h1 = add(add(h1, x1), s1);
    p0 = v128.xor(e0, f0);
    p1 = v128.xor(e1, f1);
    d0 = add(add(x0, add(big0(e0), majority(f0, p0, q0))), s0);
    d1 = add(add(x1, add(big0(e1), majority(f1, p1, q1))), s1);
    x0 = add(add(c0, add(constant(k, 5), word(t, 0, 5))), choose(h0, a0, b0));
    x1 = add(add(c1, add(constant(k, 5), word(t, 1, 5))), choose(h1, a1, b1));
    s0 = big1(h0);
    s1 = big1(h1);
    g0 = add(add(g0, x0), s0);
    g1 = add(add(g1, x1), s1);
    q0 = v128.xor(d0, e0);
    q1 = v128.xor(d1, e1);
    c0 = add(add(x0, add(big0(d0), majority(e0, q0, p0))), s0);
    c1 = add(add(x1, add(big0(d1), majority(e1, q1, p1))), s1);
    x0 = add(add(b0, add(constant(k, 6), word(t, 0, 6))), choose(g0, h0, a0));
    x1 = add(add(b1, add(constant(k, 6), word(t, 1, 6))), choose(g1, h1, a1));
    s0 = big1(g0);
    s1 = big1(g1);
    f0 = add(add(f0, x0), s0);
    f1 = add(add(f1, x1), s1);
    p0 = v128.xor(c0, d0);
    p1 = v128.xor(c1, d1);
    b0 = add(add(x0, add(big0(c0), majority(d0, p0, q0))), s0);
    b1 = add(add(x1, add(big0(c1), majority(d1, p1, q1))), s1);
    x0 = add(add(a0, add(constant(k, 7), word(t, 0, 7))), choose(f0, g0, h0));
    x1 = add(add(a1, add(constant(k, 7), word(t, 1, 7))), choose(f1, g1, h1));
    s0 = big1(f0);
    s1 = big1(f1);
    e0 = add(add(e0, x0), s0);
    e1 = add(add(e1, x1), s1);
    q0 = v128.xor(b0, c0);
    q1 = v128.xor(b1, c1);
    a0 = add(add(x0, add(big0(b0), majority(c0, q0, p0))), s0);
    a1 = add(add(x1, add(big0(b1), majority(c1, q1, p1))), s1);
    k += 32;
  }
  v128.store(w, add(a0, initial(0)), 0);
  v128.store(w, add(a1, initial(0)), OTHERS + 0);
  v128.store(w, add(b0, initial(1)), 16);
  v128.store(w, add(b1, initial(1)), OTHERS + 16);
  v128.store(w, add(c0, initial(2)), 32);
  v128.store(w, add(c1, initial(2)), OTHERS + 32);
  v128.store(w, add(d0, initial(3)), 48);
  v128.store(w, add(d1, initial(3)), OTHERS + 48);
  v128.store(w, add(e0, initial(4)), 64);
  v128.store(w, add(e1, initial(4)), OTHERS + 64);
  v128.store(w, add(f0, initial(5)), 80);
  v128.store(w, add(f1, initial(5)), OTHERS + 80);
  v128.store(w, add(g0, initial(6)), 96);
  v128.store(w, add(g1, initial(6)), OTHERS + 96);
  v128.store(w, add(h0, initial(7)), 112);
  v128.store(w, add(h1, initial(7)), OTHERS + 112);
}

/** Four words of four records become four vectors of one word each. */
@inline
function gather(w: u32, a: u32, b: u32, c: u32, d: u32): void {
  const x = v128.load(a);
  const y = v128.load(b);
  const z = v128.load(c);
  const q = v128.load(d);
  const xy0 = v128.shuffle<u32>(x, y, 0, 4, 1, 5);
  const xy1 = v128.shuffle<u32>(x, y, 2, 6, 3, 7);
  const zq0 = v128.shuffle<u32>(z, q, 0, 4, 1, 5);
  const zq1 = v128.shuffle<u32>(z, q, 2, 6, 3, 7);
  v128.store(w, swapBytes(v128.shuffle<u64>(xy0, zq0, 0, 2)));
  v128.store(w, swapBytes(v128.shuffle<u64>(xy0, zq0, 1, 3)), 16);
  v128.store(w, swapBytes(v128.shuffle<u64>(xy1, zq1, 0, 2)), 32);
  v128.store(w, swapBytes(v128.shuffle<u64>(xy1, zq1, 1, 3)), 48);
}

@inline
function scatter(w: u32, a: u32, b: u32, c: u32, d: u32): void {
  const x = v128.load(w);
  const y = v128.load(w, 16);
  const z = v128.load(w, 32);
  const q = v128.load(w, 48);
  const xy0 = v128.shuffle<u32>(x, y, 0, 4, 1, 5);
  const xy1 = v128.shuffle<u32>(x, y, 2, 6, 3, 7);
  const zq0 = v128.shuffle<u32>(z, q, 0, 4, 1, 5);
  const zq1 = v128.shuffle<u32>(z, q, 2, 6, 3, 7);
  v128.store(a, swapBytes(v128.shuffle<u64>(xy0, zq0, 0, 2)));
  v128.store(b, swapBytes(v128.shuffle<u64>(xy0, zq0, 1, 3)));
  v128.store(c, swapBytes(v128.shuffle<u64>(xy1, zq1, 0, 2)));
  v128.store(d, swapBytes(v128.shuffle<u64>(xy1, zq1, 1, 3)));
}

/** The messages of four records: emitter's id, child index, end mark, zeros, 288 bits. */
function lay(w: u32, records: u32): void {
  const a = load<u32>(records);
  const b = load<u32>(records, 4);
  const c = load<u32>(records, 8);
  const d = load<u32>(records, 12);
  gather(w, a + R_ID, b + R_ID, c + R_ID, d + R_ID);
  gather(w + 64, a + R_ID + 16, b + R_ID + 16, c + R_ID + 16, d + R_ID + 16);
  let children = i32x4.splat(load<i32>(a, R_INDEX));
  children = i32x4.replace_lane(children, 1, load<i32>(b, R_INDEX));
  children = i32x4.replace_lane(children, 2, load<i32>(c, R_INDEX));
  children = i32x4.replace_lane(children, 3, load<i32>(d, R_INDEX));
  const zero = i32x4.splat(0);
  v128.store(w, swapBytes(children), 128);
  v128.store(w, i32x4.splat(0x80000000), 144);
  v128.store(w, zero, 160);
  v128.store(w, zero, 176);
  v128.store(w, zero, 192);
  v128.store(w, zero, 208);
  v128.store(w, zero, 224);
  v128.store(w, i32x4.splat(288), 240);
}

function put(w: u32, records: u32): void {
  const a = load<u32>(records) + R_ID;
  const b = load<u32>(records, 4) + R_ID;
  const c = load<u32>(records, 8) + R_ID;
  const d = load<u32>(records, 12) + R_ID;
  scatter(w, a, b, c, d);
  scatter(w + 64, a + 16, b + 16, c + 16, d + 16);
}

/** Replaces the wire ids of the LANES records that `records` points at by their own. One may be named more than once. */
export function deriveIds(records: u32): void {
  lay(SHA8_WORDS, records);
  lay(SHA8_WORDS + OTHERS, records + 16);
  compress(SHA8_WORDS);
  put(SHA8_WORDS, records);
  put(SHA8_WORDS + OTHERS, records + 16);
}
