// SHA-256d over 80-byte headers that differ only in their last word, in plain JavaScript: the first 64 bytes are hashed once
// and each try costs two compressions. Library calls cost more than that in overhead alone.

const K = Int32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
);
const INITIAL = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);

/** One compression: `into` = `state` mixed with the 16 words in `w`, which is the schedule's 64-word scratch. */
function compress(state: Int32Array, w: Int32Array, into: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
  }
  let a = state[0]! | 0;
  let b = state[1]! | 0;
  let c = state[2]! | 0;
  let d = state[3]! | 0;
  let e = state[4]! | 0;
  let f = state[5]! | 0;
  let g = state[6]! | 0;
  let h = state[7]! | 0;
  for (let i = 0; i < 64; i++) {
    const t1 =
      (h +
        (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) +
        ((e & (f ^ g)) ^ g) +
        K[i]! +
        w[i]!) |
      0;
    const t2 =
      ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & (b ^ c)) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  into[0] = state[0]! + a;
  into[1] = state[1]! + b;
  into[2] = state[2]! + c;
  into[3] = state[3]! + d;
  into[4] = state[4]! + e;
  into[5] = state[5]! + f;
  into[6] = state[6]! + g;
  into[7] = state[7]! + h;
}

/** Headers that share all but their nonce, tried one nonce after the other. */
export class HeaderSearch {
  readonly #midstate = new Int32Array(8);
  /** The second 64 bytes of the header: Merkle root's end, time, bits, nonce, then SHA-256's padding. */
  readonly #tail = new Int32Array(64);
  readonly #inner = new Int32Array(64);
  readonly #digest = new Int32Array(8);
  readonly #state = new Int32Array(8);
  #nonce: number;

  constructor(header: Uint8Array, firstNonce: number) {
    if (header.length !== 80) throw new RangeError('a Bitcoin header has 80 bytes');
    const view = new DataView(header.buffer, header.byteOffset, 80);
    const first = new Int32Array(64);
    for (let i = 0; i < 16; i++) first[i] = view.getInt32(4 * i);
    compress(INITIAL, first, this.#midstate);
    for (let i = 0; i < 3; i++) this.#tail[i] = view.getInt32(64 + 4 * i);
    this.#tail[4] = 0x80000000;
    this.#tail[15] = 80 * 8;
    this.#inner[8] = 0x80000000;
    this.#inner[15] = 32 * 8;
    this.#nonce = firstNonce >>> 0;
  }

  /** The nonce the next try uses. */
  get nextNonce(): number {
    return this.#nonce;
  }

  /**
   * Tries up to `count` nonces and answers the first whose hash is at most `target` (32 bytes, little-endian),
   * or undefined. Nonces wrap: the caller counts tries.
   */
  find(target: TargetWords, count: number): number | undefined {
    const digest = this.#digest;
    const top = target[7]!;
    for (let i = 0; i < count; i++) {
      const nonce = this.#nonce;
      this.#nonce = (nonce + 1) >>> 0;
      // The header holds the nonce little-endian, SHA-256 reads words big-endian.
      this.#tail[3] = swap(nonce);
      compress(this.#midstate, this.#tail, this.#state);
      this.#inner.set(this.#state);
      compress(INITIAL, this.#inner, digest);
      if (swap(digest[7]!) >>> 0 <= top && isAtMost(digest, target)) return nonce;
    }
    return undefined;
  }

  /** The hash of the last try, in internal order. */
  lastHash(): Uint8Array {
    const out = new Uint8Array(32);
    const view = new DataView(out.buffer);
    for (let i = 0; i < 8; i++) view.setInt32(4 * i, this.#digest[i]!);
    return out;
  }
}

/** A target as eight words, least significant first. */
export type TargetWords = Uint32Array;

export function targetWords(target: Uint8Array): TargetWords {
  const view = new DataView(target.buffer, target.byteOffset, 32);
  return Uint32Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true));
}

function swap(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

function isAtMost(digest: Int32Array, target: TargetWords): boolean {
  for (let i = 7; i >= 0; i--) {
    const word = swap(digest[i]!) >>> 0;
    if (word !== target[i]!) return word < target[i]!;
  }
  return true;
}
