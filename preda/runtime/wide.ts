// Checked 128-bit multiplication, division and remainder, and decimal text. Numbers are 16 bytes, little-endian.
import { TEXT_SCRATCH } from './layout';
import { fault } from './fault';
import { checkOut } from './heap';

const OVERFLOW: i32 = 1;
const UNDERFLOW: i32 = 2;
const DIVISION_BY_ZERO: i32 = 3;
const SIGN: u64 = 0x8000000000000000;

// The last result.
let low: u64 = 0;
let high: u64 = 0;
let restLow: u64 = 0;
let restHigh: u64 = 0;

/** low, high = a · b, 64 by 64 bits. */
function multiplyWords(a: u64, b: u64): void {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const p = a0 * b0;
  const q = a1 * b0 + (p >> 32);
  const r = a0 * b1 + (q & 0xffffffff);
  low = (r << 32) | (p & 0xffffffff);
  high = a1 * b1 + (q >> 32) + (r >> 32);
}

/** low, high = product of two magnitudes; false = more than 128 bits. */
function multiply(aLow: u64, aHigh: u64, bLow: u64, bHigh: u64): bool {
  if (aHigh && bHigh) return false;
  multiplyWords(aHigh ? aHigh : bHigh, aHigh ? bLow : aLow);
  if (high) return false;
  const cross = low;
  multiplyWords(aLow, bLow);
  high += cross;
  return high >= cross;
}

/** low, high = quotient, restLow, restHigh = remainder of two magnitudes. */
function divide(aLow: u64, aHigh: u64, bLow: u64, bHigh: u64): void {
  if (!(aHigh | bHigh)) {
    low = aLow / bLow;
    high = 0;
    restLow = aLow % bLow;
    restHigh = 0;
    return;
  }
  let qLow: u64 = 0;
  let qHigh: u64 = 0;
  let rLow: u64 = 0;
  let rHigh: u64 = 0;
  const skip = aHigh ? clz<u64>(aHigh) : 64 + clz<u64>(aLow);
  let shift = 127 - <i32>skip;
  for (; shift >= 0; shift--) {
    const carry = rHigh >> 63;
    rHigh = (rHigh << 1) | (rLow >> 63);
    const bit = shift >= 64 ? (aHigh >> (shift - 64)) & 1 : (aLow >> shift) & 1;
    rLow = (rLow << 1) | bit;
    qHigh = (qHigh << 1) | (qLow >> 63);
    qLow <<= 1;
    if (carry || rHigh > bHigh || (rHigh == bHigh && rLow >= bLow)) {
      const borrow: u64 = rLow < bLow ? 1 : 0;
      rLow -= bLow;
      rHigh = rHigh - bHigh - borrow;
      qLow |= 1;
    }
  }
  low = qLow;
  high = qHigh;
  restLow = rLow;
  restHigh = rHigh;
}

@inline
function put(out: u32, lowWord: u64, highWord: u64): void {
  checkOut(out, 16);
  store<u64>(out, lowWord);
  store<u64>(out, highWord, 8);
}

export function u128_mul(out: i32, a: i32, b: i32): void {
  if (!multiply(load<u64>(a), load<u64>(a, 8), load<u64>(b), load<u64>(b, 8))) fault(OVERFLOW);
  put(out, low, high);
}

function divideUnsigned(a: u32, b: u32): void {
  const bLow = load<u64>(b);
  const bHigh = load<u64>(b, 8);
  if (!(bLow | bHigh)) fault(DIVISION_BY_ZERO);
  divide(load<u64>(a), load<u64>(a, 8), bLow, bHigh);
}

export function u128_div(out: i32, a: i32, b: i32): void {
  divideUnsigned(a, b);
  put(out, low, high);
}

export function u128_rem(out: i32, a: i32, b: i32): void {
  divideUnsigned(a, b);
  put(out, restLow, restHigh);
}

/** Magnitude of a signed number into low, high; true = negative. */
function magnitude(at: u32): bool {
  low = load<u64>(at);
  high = load<u64>(at, 8);
  const negative = high >> 63 != 0;
  if (negative) negate();
  return negative;
}

@inline
function negate(): void {
  low = ~low + 1;
  high = ~high + (low == 0 ? 1 : 0);
}

/** Gives the magnitude in low, high its sign and writes it. */
function putSigned(out: u32, negative: bool): void {
  if (negative) {
    if (high > SIGN || (high == SIGN && low)) fault(UNDERFLOW);
    negate();
  } else if (high >= SIGN) fault(OVERFLOW);
  put(out, low, high);
}

export function i128_mul(out: i32, a: i32, b: i32): void {
  const aNegative = magnitude(a);
  const aLow = low;
  const aHigh = high;
  const negative = aNegative != magnitude(b);
  if (!multiply(aLow, aHigh, low, high)) fault(negative ? UNDERFLOW : OVERFLOW);
  putSigned(out, negative);
}

/** Quotient and remainder of the magnitudes; true = a is negative. */
function divideSigned(a: u32, b: u32): bool {
  const negative = magnitude(a);
  const aLow = low;
  const aHigh = high;
  magnitude(b);
  if (!(low | high)) fault(DIVISION_BY_ZERO);
  divide(aLow, aHigh, low, high);
  return negative;
}

export function i128_div(out: i32, a: i32, b: i32): void {
  const bNegative = load<i64>(b, 8) < 0;
  putSigned(out, divideSigned(a, b) != bNegative);
}

/** Has the sign of `a`; MIN % -1 overflows as MIN / -1 does. */
export function i128_rem(out: i32, a: i32, b: i32): void {
  const negative = divideSigned(a, b);
  if (high == SIGN && load<i64>(b, 8) < 0) fault(OVERFLOW);
  low = restLow;
  high = restHigh;
  putSigned(out, negative);
}

/** Decimal digits of low, high at `out`; answers how many. */
function decimal(out: u32): u32 {
  let at = TEXT_SCRATCH + 48;
  let chunk = low;
  while (high) {
    divide(low, high, 10_000_000_000_000_000_000, 0);
    chunk = restLow;
    for (let i = 0; i < 19; i++) {
      store<u8>(--at, 48 + <u32>(chunk % 10));
      chunk /= 10;
    }
    chunk = low;
  }
  do {
    store<u8>(--at, 48 + <u32>(chunk % 10));
    chunk /= 10;
  } while (chunk);
  const size = TEXT_SCRATCH + 48 - at;
  memory.copy(out, at, size);
  return size;
}

export function text_u128(out: i32, at: i32): i32 {
  checkOut(out, 40);
  low = load<u64>(at);
  high = load<u64>(at, 8);
  return decimal(out);
}

export function text_i128(out: i32, at: i32): i32 {
  checkOut(out, 40);
  if (!magnitude(at)) return decimal(out);
  store<u8>(out, 0x2d);
  return 1 + decimal(out + 1);
}
