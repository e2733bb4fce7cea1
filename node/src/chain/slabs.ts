// Copies of many small byte strings in few blocks of memory: an allocation of its own costs each as much as all that is
// done with it. A block lives as long as any of its strings, so blocks are small.

const SLAB_BYTES = 8_192;
/** Larger strings get a block of their own. */
const SMALL_BYTES_MAX = 1_024;

export class Slabs {
  #slab = new Uint8Array(0);
  #used = 0;

  copy(bytes: Uint8Array): Uint8Array {
    if (bytes.length > SMALL_BYTES_MAX) return Uint8Array.from(bytes);
    if (this.#used + bytes.length > this.#slab.length) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += bytes.length;
    this.#slab.set(bytes, at);
    return this.#slab.subarray(at, this.#used);
  }
}
