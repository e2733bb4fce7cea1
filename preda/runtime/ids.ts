// Ids of relays, four at a time in vector lanes: SHA-256d(emitter's id ‖ child index).
import { R_ID, R_INDEX, SHA4_WORDS } from './layout';
import { INITIAL, K } from './sha256';

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

/** Constant of round t + i. */
@inline
function constant(t: u32, i: u32): v128 {
  return v128.load_splat<u32>(<u32>K + t * 4 + i * 4);
}

/**
 * Words 0 … 15 lie at `w`; answers the sum of initial state and result in place of words 0 … 7. The sum of a round waits for
 * nothing but big1 of its newest word, and the schedule stays in locals: both chains would else be longer than the work.
 */
function compress(w: u32): void {
  let w0 = v128.load(w, 0);
  let w1 = v128.load(w, 16);
  let w2 = v128.load(w, 32);
  let w3 = v128.load(w, 48);
  let w4 = v128.load(w, 64);
  let w5 = v128.load(w, 80);
  let w6 = v128.load(w, 96);
  let w7 = v128.load(w, 112);
  let w8 = v128.load(w, 128);
  let w9 = v128.load(w, 144);
  let w10 = v128.load(w, 160);
  let w11 = v128.load(w, 176);
  let w12 = v128.load(w, 192);
  let w13 = v128.load(w, 208);
  let w14 = v128.load(w, 224);
  let w15 = v128.load(w, 240);
  let a = initial(0);
  let b = initial(1);
  let c = initial(2);
  let d = initial(3);
  let e = initial(4);
  let f = initial(5);
  let g = initial(6);
  let h = initial(7);
  let x: v128;
  let s: v128;
  for (let t: u32 = 0; ; t += 16) {
    x = add(add(h, add(w0, constant(t, 0))), choose(e, f, g));
    s = big1(e);
    d = add(add(d, x), s);
    h = add(add(x, add(big0(a), majority(a, b, c))), s);
    x = add(add(g, add(w1, constant(t, 1))), choose(d, e, f));
    s = big1(d);
    c = add(add(c, x), s);
    g = add(add(x, add(big0(h), majority(h, a, b))), s);
    x = add(add(f, add(w2, constant(t, 2))), choose(c, d, e));
    s = big1(c);
    b = add(add(b, x), s);
    f = add(add(x, add(big0(g), majority(g, h, a))), s);
    x = add(add(e, add(w3, constant(t, 3))), choose(b, c, d));
    s = big1(b);
    a = add(add(a, x), s);
    e = add(add(x, add(big0(f), majority(f, g, h))), s);
    x = add(add(d, add(w4, constant(t, 4))), choose(a, b, c));
    s = big1(a);
    h = add(add(h, x), s);
    d = add(add(x, add(big0(e), majority(e, f, g))), s);
    x = add(add(c, add(w5, constant(t, 5))), choose(h, a, b));
    s = big1(h);
    g = add(add(g, x), s);
    c = add(add(x, add(big0(d), majority(d, e, f))), s);
    x = add(add(b, add(w6, constant(t, 6))), choose(g, h, a));
    s = big1(g);
    f = add(add(f, x), s);
    b = add(add(x, add(big0(c), majority(c, d, e))), s);
    x = add(add(a, add(w7, constant(t, 7))), choose(f, g, h));
    s = big1(f);
    e = add(add(e, x), s);
    a = add(add(x, add(big0(b), majority(b, c, d))), s);
    x = add(add(h, add(w8, constant(t, 8))), choose(e, f, g));
    s = big1(e);
    d = add(add(d, x), s);
    h = add(add(x, add(big0(a), majority(a, b, c))), s);
    x = add(add(g, add(w9, constant(t, 9))), choose(d, e, f));
    s = big1(d);
    c = add(add(c, x), s);
    g = add(add(x, add(big0(h), majority(h, a, b))), s);
    x = add(add(f, add(w10, constant(t, 10))), choose(c, d, e));
    s = big1(c);
    b = add(add(b, x), s);
    f = add(add(x, add(big0(g), majority(g, h, a))), s);
    x = add(add(e, add(w11, constant(t, 11))), choose(b, c, d));
    s = big1(b);
    a = add(add(a, x), s);
    e = add(add(x, add(big0(f), majority(f, g, h))), s);
    x = add(add(d, add(w12, constant(t, 12))), choose(a, b, c));
    s = big1(a);
    h = add(add(h, x), s);
    d = add(add(x, add(big0(e), majority(e, f, g))), s);
    x = add(add(c, add(w13, constant(t, 13))), choose(h, a, b));
    s = big1(h);
    g = add(add(g, x), s);
    c = add(add(x, add(big0(d), majority(d, e, f))), s);
    x = add(add(b, add(w14, constant(t, 14))), choose(g, h, a));
    s = big1(g);
    f = add(add(f, x), s);
    b = add(add(x, add(big0(c), majority(c, d, e))), s);
    x = add(add(a, add(w15, constant(t, 15))), choose(f, g, h));
    s = big1(f);
    e = add(add(e, x), s);
    a = add(add(x, add(big0(b), majority(b, c, d))), s);
    if (t == 48) break;
    w0 = add(add(w0, small0(w1)), add(w9, small1(w14)));
    w1 = add(add(w1, small0(w2)), add(w10, small1(w15)));
    w2 = add(add(w2, small0(w3)), add(w11, small1(w0)));
    w3 = add(add(w3, small0(w4)), add(w12, small1(w1)));
    w4 = add(add(w4, small0(w5)), add(w13, small1(w2)));
    w5 = add(add(w5, small0(w6)), add(w14, small1(w3)));
    w6 = add(add(w6, small0(w7)), add(w15, small1(w4)));
    w7 = add(add(w7, small0(w8)), add(w0, small1(w5)));
    w8 = add(add(w8, small0(w9)), add(w1, small1(w6)));
    w9 = add(add(w9, small0(w10)), add(w2, small1(w7)));
    w10 = add(add(w10, small0(w11)), add(w3, small1(w8)));
    w11 = add(add(w11, small0(w12)), add(w4, small1(w9)));
    w12 = add(add(w12, small0(w13)), add(w5, small1(w10)));
    w13 = add(add(w13, small0(w14)), add(w6, small1(w11)));
    w14 = add(add(w14, small0(w15)), add(w7, small1(w12)));
    w15 = add(add(w15, small0(w0)), add(w8, small1(w13)));
  }
  v128.store(w, add(a, initial(0)), 0);
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
  const w = SHA4_WORDS;
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
