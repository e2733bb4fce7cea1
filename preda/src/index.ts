// The compiler: PREDA source in, a WebAssembly module and its ABI out, or diagnostics. It reads no files and no clock.
import { createHash } from 'node:crypto';
import { type Abi, abiOf } from './abi.ts';
import type { Diagnostic } from './diagnostics.ts';
import { emitModule, FrameTooLargeError } from './emit.ts';
import { analyze } from './front.ts';
import { Rejected } from './limits.ts';
import { lowerContract } from './lower.ts';
import type { Contract } from './program.ts';

export type { Abi, AbiEnum, AbiFunction, AbiParam, AbiState, AbiStruct, AbiType } from './abi.ts';
export { findFunction } from './abi.ts';
export type { Json } from './abi-values.ts';
export { AbiValueError, decodeState, decodeValue, encodeArgs, encodeValue } from './abi-values.ts';
export type { Diagnostic } from './diagnostics.ts';
export { renderDiagnostic } from './diagnostics.ts';

export type CompileOptions = {
  /** Name of the source in diagnostics. */
  readonly file?: string;
  /** Check every store, for tests. */
  readonly guard?: boolean;
  /** Keep function names, for readers of the text form. */
  readonly names?: boolean;
};
export type Compiled = {
  readonly ok: true;
  readonly wasm: Uint8Array;
  readonly abi: Abi;
  /** SHA-256 of the source bytes, lower-case hex. */
  readonly codeHash: string;
  /** Work of the front-end, machine-independent. */
  readonly steps: number;
  /** How deep statements, expressions and types are nested at most. */
  readonly nesting: number;
};
export type CompileResult = Compiled | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export function compile(source: string, options: CompileOptions = {}): CompileResult {
  const analysis = analyze([{ name: options.file ?? 'contract.prd', text: source }], { accept: 'release' });
  if ('diagnostics' in analysis) return { ok: false, diagnostics: analysis.diagnostics };
  const contract = analysis.program.contracts[0]!;
  try {
    const wasm = emitModule(lowerContract(contract), { guard: options.guard ?? false, names: options.names ?? false });
    const codeHash = createHash('sha256').update(source, 'utf8').digest('hex');
    return { ok: true, wasm, abi: abiOf(contract), codeHash, steps: analysis.steps, nesting: analysis.nesting };
  } catch (error) {
    return { ok: false, diagnostics: [refusalOf(error, contract)] };
  }
}

function refusalOf(error: unknown, contract: Contract): Diagnostic {
  if (error instanceof Rejected && error.diagnostic) return error.diagnostic;
  if (error instanceof FrameTooLargeError) {
    const def = contract.functions.find((item) => item.name === error.functionName);
    return {
      code: 2005,
      span: def?.span ?? contract.span,
      message: error.message,
      hint: 'split it into several functions',
    };
  }
  throw error;
}
