// Which contract runs which code: modules by contract, instances by module, made when first called. Compiles nothing.
import type { Runtime } from '@rexnet/preda/runtime.ts';

const NOT_INSTALLED = 0;
/** Installed, not yet instantiated; so table slots begin behind it. */
const LAZY = 1;
const MAX_CONTRACT = 2 ** 20 - 1;

export class Contracts {
  readonly #runtime: Runtime;
  readonly #modules = new Map<number, WebAssembly.Module>();
  /** Distinct codes, as many as are deployed. */
  readonly #slots = new Map<WebAssembly.Module, number>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.table.grow(LAZY + 1 - runtime.table.length);
  }

  get instanceCount(): number {
    return this.#slots.size;
  }

  install(id: number, module: WebAssembly.Module): void {
    if (!Number.isInteger(id) || id < 1 || id > MAX_CONTRACT) throw new RangeError(`contract id ${id} is out of range`);
    this.#modules.set(id, module);
    this.#runtime.set_contract(id, this.#slots.get(module) ?? LAZY);
  }

  remove(id: number): void {
    if (this.#modules.delete(id)) this.#runtime.set_contract(id, NOT_INSTALLED);
  }

  /** Gives an installed contract its instance. */
  instantiate(id: number): void {
    const module = this.#modules.get(id);
    if (module === undefined) throw new Error(`contract ${id} has no code`);
    let slot = this.#slots.get(module);
    if (slot === undefined) {
      const imports = { rt: this.#runtime as unknown as WebAssembly.ModuleImports };
      const { invoke } = new WebAssembly.Instance(module, imports).exports;
      slot = this.#runtime.table.grow(1, invoke);
      this.#slots.set(module, slot);
    }
    this.#runtime.set_contract(id, slot);
  }
}
