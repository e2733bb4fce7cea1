// The part of the WebAssembly JavaScript interface we use; Node's own types leave it out, and the DOM's bring the DOM.
declare namespace WebAssembly {
  type ExportValue = Memory | Table | Global | ((...args: never[]) => unknown);
  type ModuleImports = Record<string, ExportValue>;

  class Module {
    constructor(bytes: ArrayBufferView | ArrayBuffer);
    private readonly brand: unknown;
  }

  class Instance {
    constructor(module: Module, imports?: Record<string, ModuleImports>);
    readonly exports: Record<string, ExportValue>;
  }

  class Memory {
    constructor(descriptor: { readonly initial: number; readonly maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }

  class Table {
    constructor(descriptor: { readonly element: 'anyfunc'; readonly initial: number; readonly maximum?: number });
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value?: unknown): void;
    grow(count: number, value?: unknown): number;
  }

  class Global<T = number | bigint> {
    constructor(descriptor: { readonly value: 'i32' | 'i64'; readonly mutable?: boolean }, value?: T);
    value: T;
  }

  class RuntimeError extends Error {}
  class CompileError extends Error {}
  class LinkError extends Error {}

  function validate(bytes: ArrayBufferView | ArrayBuffer): boolean;
  function compile(bytes: ArrayBufferView | ArrayBuffer): Promise<Module>;
}
