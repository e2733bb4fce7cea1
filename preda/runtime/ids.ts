// Ids of relays, four at a time in vector lanes: SHA-256d(emitter's id ‖ child index).
import { R_ID, R_INDEX, SHA4_SCHEDULE } from './layout';
import { INITIAL, K } from './sha256';

@inline
function add(a: v128, b: v128): v128 {
  return i32x4.add(a, b);
}
@inline
function right(x: v128, n: i32): v128 {
  return v128.or(i32x4.shr_u(x, n), i32x4.shl(x, 32 - n));
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
@inline
function majority(a: v128, b: v128, c: v128): v128 {
  return v128.bitselect(c, b, v128.xor(a, b));
}
@inline
function swapBytes(x: v128): v128 {
  return v128.shuffle<u8>(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}
@inline
function initial(i: u32): v128 {
  return v128.load_splat<u32>(<u32>INITIAL + i * 4);
}

/** Words 0 … 15 lie at `w`; answers the sum of initial state and result in place of words 0 … 7. */
function compress(w: u32): void {
  for (let t: u32 = 16; t < 64; t++) {
    const at = w + t * 16;
    v128.store(
      at,
      add(
        add(v128.load(at - 256), small0(v128.load(at - 240))),
        add(v128.load(at - 112), small1(v128.load(at - 32))),
      ),
    );
  }
  for (let t: u32 = 0; t < 64; t++)
    v128.store(w + t * 16, add(v128.load(w + t * 16), v128.load_splat<u32>(<u32>K + t * 4)));
  let a = initial(0);
  let b = initial(1);
  let c = initial(2);
  let d = initial(3);
  let e = initial(4);
  let f = initial(5);
  let g = initial(6);
  let h = initial(7);
  let x: v128;
  for (let t: u32 = 0; t < 64; t += 8) {
    x = add(add(add(h, big1(e)), choose(e, f, g)), v128.load(w + t * 16, 0));
    d = add(d, x);
    h = add(add(x, big0(a)), majority(a, b, c));
    x = add(add(add(g, big1(d)), choose(d, e, f)), v128.load(w + t * 16, 16));
    c = add(c, x);
    g = add(add(x, big0(h)), majority(h, a, b));
    x = add(add(add(f, big1(c)), choose(c, d, e)), v128.load(w + t * 16, 32));
    b = add(b, x);
    f = add(add(x, big0(g)), majority(g, h, a));
    x = add(add(add(e, big1(b)), choose(b, c, d)), v128.load(w + t * 16, 48));
    a = add(a, x);
    e = add(add(x, big0(f)), majority(f, g, h));
    x = add(add(add(d, big1(a)), choose(a, b, c)), v128.load(w + t * 16, 64));
    h = add(h, x);
    d = add(add(x, big0(e)), majority(e, f, g));
    x = add(add(add(c, big1(h)), choose(h, a, b)), v128.load(w + t * 16, 80));
    g = add(g, x);
    c = add(add(x, big0(d)), majority(d, e, f));
    x = add(add(add(b, big1(g)), choose(g, h, a)), v128.load(w + t * 16, 96));
    f = add(f, x);
    b = add(add(x, big0(c)), majority(c, d, e));
    x = add(add(add(a, big1(f)), choose(f, g, h)), v128.load(w + t * 16, 112));
    e = add(e, x);
    a = add(add(x, big0(b)), majority(b, c, d));
  }
  v128.store(w, add(a, initial(0)));
  v128.store(w, add(b, initial(1)), 16);
  v128.store(w, add(c, initial(2)), 32);
  v128.store(w, add(d, initial(3)), 48);
  v128.store(w, add(e, initial(4)), 64);
  v128.store(w, add(f, initial(5)), 80);
  v128.store(w, add(g, initial(6)), 96);
  v128.store(w, add(h, initial(7)), 112);
}

/** Words 8 … 15 of a message of one word, the end mark and zeros. */
@inline
function pad(w: u32, first: v128, second: v128, bits: i32): void {
  v128.store(w, first, 128);
  v128.store(w, second, 144);
  const zero = i32x4.splat(0);
  v128.store(w, zero, 160);
  v128.store(w, zero, 176);
  v128.store(w, zero, 192);
  v128.store(w, zero, 208);
  v128.store(w, zero, 224);
  v128.store(w, i32x4.splat(bits), 240);
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

/** Replaces the wire ids of four records by their own. The same record may be named more than once. */
export function deriveIds(a: u32, b: u32, c: u32, d: u32): void {
  const w = SHA4_SCHEDULE;
  gather(w, a + R_ID, b + R_ID, c + R_ID, d + R_ID);
  gather(w + 64, a + R_ID + 16, b + R_ID + 16, c + R_ID + 16, d + R_ID + 16);
  let children = i32x4.splat(load<i32>(a, R_INDEX));
  children = i32x4.replace_lane(children, 1, load<i32>(b, R_INDEX));
  children = i32x4.replace_lane(children, 2, load<i32>(c, R_INDEX));
  children = i32x4.replace_lane(children, 3, load<i32>(d, R_INDEX));
  pad(w, swapBytes(children), i32x4.splat(0x80000000), 288);
  compress(w);
  pad(w, i32x4.splat(0x80000000), i32x4.splat(0), 256);
  compress(w);
  scatter(w, a + R_ID, b + R_ID, c + R_ID, d + R_ID);
  scatter(w + 64, a + R_ID + 16, b + R_ID + 16, c + R_ID + 16, d + R_ID + 16);
}
