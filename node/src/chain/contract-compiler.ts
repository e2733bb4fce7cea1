// From source to code a machine can run, with the compiler every node of a network shares. It fails by steps, size and nesting only.
import { compile } from '@rexnet/preda/index.ts';
import { fromHex } from '../core/bytes.ts';

export interface ContractCode {
  /** Of the contract, as its source says. */
  readonly name: string;
  /** SHA-256 of the source. */
  readonly codeHash: Uint8Array;
  readonly module: WebAssembly.Module;
  /** Functions a user transaction may name. */
  readonly exports: ReadonlySet<number>;
  readonly onDeploy: number | undefined;
}

/** Undefined: the source is refused, on every node alike. */
export type Compile = (source: string) => ContractCode | undefined;

export interface CompilerLimits {
  readonly compilerSteps: number;
  readonly sourceBytes: number;
  readonly nesting: number;
  /** Stores checked, for tests. */
  readonly guard?: boolean;
}

/** Sources compiled lately: the same contract is often deployed again, and undone blocks come back. */
const CACHED_MAX = 64;

export function predaCompiler(limits: CompilerLimits): Compile {
  const cache = new Map<string, ContractCode | undefined>();
  return (source) => {
    if (cache.has(source)) return cache.get(source);
    const code = compileOnce(source, limits);
    if (cache.size >= CACHED_MAX) cache.delete(cache.keys().next().value!);
    cache.set(source, code);
    return code;
  };
}

function compileOnce(source: string, limits: CompilerLimits): ContractCode | undefined {
  if (Buffer.byteLength(source) > limits.sourceBytes) return undefined;
  const result = compile(source, { guard: limits.guard ?? false });
  if (!result.ok || result.steps > limits.compilerSteps || result.nesting > limits.nesting) return undefined;
  return {
    name: result.abi.contract,
    codeHash: fromHex(result.codeHash),
    module: new WebAssembly.Module(Uint8Array.from(result.wasm)),
    exports: new Set(result.abi.functions.filter((f) => f.isExport).map((f) => f.op)),
    onDeploy: result.abi.onDeploy,
  };
}
