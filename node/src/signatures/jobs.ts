// What the door and its threads say to each other: one transferred buffer each way.

export const VERDICT = { refused: 0, accepted: 1, undecided: 2 } as const;

export interface CheckJob {
  readonly id: number;
  /** `fast`: libsodium alone, its refusals are not final. `zip215`: final, and stops at the first refusal. */
  readonly rule: 'fast' | 'zip215';
  /** u32 length and bytes for each transaction. */
  readonly bytes: Uint8Array;
}

export interface CheckAnswer {
  readonly id: number;
  readonly verdicts: Uint8Array;
}

const LENGTH_BYTES = 4;

/** Copies transactions into one buffer of its own, to be transferred. */
export function packJob(transactions: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const packed = packedAlready(transactions);
  if (packed !== undefined) return Uint8Array.from(packed);
  let size = 0;
  for (const one of transactions) size += 4 + one.length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const one of transactions) {
    view.setUint32(at, one.length, true);
    bytes.set(one, at + 4);
    at += 4 + one.length;
  }
  return bytes;
}

/** Transactions that follow each other in a batch have this form there. */
function packedAlready(transactions: readonly Uint8Array[]): Uint8Array | undefined {
  const first = transactions[0];
  if (first === undefined || first.byteOffset < LENGTH_BYTES) return undefined;
  const from = first.byteOffset - LENGTH_BYTES;
  const view = new DataView(first.buffer);
  let at = from;
  for (const { buffer, byteOffset, length } of transactions) {
    const follows = buffer === first.buffer && byteOffset === at + LENGTH_BYTES;
    if (!follows || view.getUint32(at, true) !== length) return undefined;
    at = byteOffset + length;
  }
  return new Uint8Array(first.buffer, from, at - from);
}

export function unpackJob(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = view.getUint32(at, true);
    out.push(bytes.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return out;
}
