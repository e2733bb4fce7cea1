// Ed25519 by the ZIP-215 rule: what OpenSSL accepts is right; what it refuses is decided here, slowly, by the cofactored equation.
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { join } from './bytes.ts';

const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const KEYS_MAX = 65_536;

/** Keys already read: a network has fewer senders than transactions. */
const keys = new Map<string, KeyObject | undefined>();

export function validSignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = keyOf(publicKey);
  if (key !== undefined && verify(null, message, key, signature)) return true;
  return validByZip215(publicKey, message, signature);
}

function keyOf(publicKey: Uint8Array): KeyObject | undefined {
  const name = Buffer.from(publicKey).toString('latin1');
  if (keys.has(name)) return keys.get(name);
  let key: KeyObject | undefined;
  try {
    key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicKey]), format: 'der', type: 'spki' });
  } catch {
    // OpenSSL refuses some encodings that ZIP-215 admits.
  }
  if (keys.size < KEYS_MAX) keys.set(name, key);
  return key;
}

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * inverse(121666n));
const SQRT_MINUS_1 = power(2n, (P - 1n) / 4n);

/** Extended coordinates of the curve −x² + y² = 1 + d·x²·y². */
type Point = readonly [x: bigint, y: bigint, z: bigint, t: bigint];
const ZERO: Point = [0n, 1n, 1n, 0n];
const BASE = decompress(Buffer.from(`58${'66'.repeat(31)}`, 'hex'))!;

/** [8][S]B = [8]R + [8][k]A with S < L; A and R may be any encoding of a point, y reduced modulo p. */
function validByZip215(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const a = decompress(publicKey);
  const r = decompress(signature.subarray(0, 32));
  const s = little(signature.subarray(32));
  if (a === undefined || r === undefined || s >= L) return false;
  const k = little(hash('sha512', join([signature.subarray(0, 32), publicKey, message]), 'buffer')) % L;
  const right = add(r, times(a, k));
  const difference = times(add(times(BASE, s), negated(right)), 8n);
  return mod(difference[0]) === 0n && mod(difference[1] - difference[2]) === 0n;
}

function decompress(bytes: Uint8Array): Point | undefined {
  const raw = little(bytes);
  const y = mod(raw & ((1n << 255n) - 1n));
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  const candidate = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  const square = mod(v * candidate * candidate);
  let x = candidate;
  if (square === mod(-u)) x = mod(candidate * SQRT_MINUS_1);
  else if (square !== u) return undefined;
  if ((x & 1n) !== raw >> 255n) x = mod(-x);
  return [x, y, 1n, mod(x * y)];
}

function add([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * D * t1 * t2);
  const d = mod(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function negated([x, y, z, t]: Point): Point {
  return [mod(-x), y, z, mod(-t)];
}

function times(point: Point, scalar: bigint): Point {
  let sum = ZERO;
  for (let [n, p] = [scalar, point]; n > 0n; n >>= 1n, p = add(p, p)) if ((n & 1n) === 1n) sum = add(sum, p);
  return sum;
}

function little(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function mod(n: bigint): bigint {
  const r = n % P;
  return r < 0n ? r + P : r;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let [b, e] = [mod(base), exponent]; e > 0n; e >>= 1n, b = mod(b * b))
    if ((e & 1n) === 1n) result = mod(result * b);
  return result;
}

function inverse(n: bigint): bigint {
  return power(n, P - 2n);
}
