// Linear memory seen from JavaScript: views that survive growth, and host buffers inside it. Knows no layout.
import type { Runtime } from '@rexnet/preda/runtime.ts';

const PAGE = 65_536;

/** Views of the runtime's memory, made anew after it has grown. */
export class Linear {
  readonly #memory: WebAssembly.Memory;
  #buffer: ArrayBuffer | undefined;
  #bytes = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  get bytes(): Uint8Array {
    this.#refresh();
    return this.#bytes;
  }

  get view(): DataView {
    this.#refresh();
    return this.#view;
  }

  slice(from: number, to: number): Uint8Array {
    return this.bytes.slice(from >>> 0, to >>> 0);
  }

  #refresh(): void {
    const buffer = this.#memory.buffer as ArrayBuffer;
    if (buffer === this.#buffer) return;
    this.#buffer = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }
}

/** A buffer in linear memory that is replaced by a larger one when needed; its contents are then lost. */
export class Region {
  readonly #runtime: Runtime;
  #order = -1;
  at = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  get size(): number {
    return this.#order < 0 ? 0 : PAGE << this.#order;
  }

  get end(): number {
    return this.at + this.size;
  }

  ensure(bytes: number): void {
    if (bytes <= this.size) return;
    if (this.#order >= 0) this.#runtime.free_run(this.at, this.#order);
    this.#order = Math.max(0, Math.ceil(Math.log2(bytes / PAGE)));
    this.at = this.#runtime.alloc_run(this.#order) >>> 0;
  }
}
