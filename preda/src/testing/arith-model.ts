// Integer arithmetic as BigInt has it, and compiled operators to compare with it. For tests only.
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { decodeValue } from '../abi-values.ts';
import { type Abi, compile, encodeArgs, renderDiagnostic } from '../index.ts';
import type { BinaryOp } from '../types.ts';
import { FakeRuntime, type StoryRuntime } from './fake-runtime.ts';

const WIDTHS = [8, 16, 32, 64, 128] as const;
export type Kind = { readonly signed: boolean; readonly bits: number };
export const KINDS: readonly Kind[] = WIDTHS.flatMap((bits) => [
  { signed: false, bits },
  { signed: true, bits },
]);
export const nameOf = ({ signed, bits }: Kind) => `${signed ? '' : 'u'}int${bits}`;
const bounds = ({ signed, bits }: Kind): [bigint, bigint] =>
  signed ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n] : [0n, (1n << BigInt(bits)) - 1n];

class Fault extends Error {
  readonly id: number;
  constructor(id: number) {
    super();
    this.id = id;
  }
}
export function checked(kind: Kind, value: bigint): bigint {
  const [low, high] = bounds(kind);
  if (value > high) throw new Fault(1);
  if (value < low) throw new Fault(2);
  return value;
}
function byZero(value: bigint): bigint {
  if (value === 0n) throw new Fault(3);
  return value;
}

export const MODEL: Partial<Record<BinaryOp, (kind: Kind, a: bigint, b: bigint) => bigint | boolean>> = {
  '+': (kind, a, b) => checked(kind, a + b),
  '-': (kind, a, b) => checked(kind, a - b),
  '*': (kind, a, b) => checked(kind, a * b),
  '/': (kind, a, b) => checked(kind, a / byZero(b)),
  '%': (_, a, b) => a % byZero(b),
  '&': (_, a, b) => a & b,
  '|': (_, a, b) => a | b,
  '^': (_, a, b) => a ^ b,
  '<<': ({ bits }, a, b) => (b >= BigInt(bits) ? 0n : BigInt.asUintN(bits, a << b)),
  '>>': ({ bits }, a, b) => (b >= BigInt(bits) ? 0n : a >> b),
  '==': (_, a, b) => a === b,
  '!=': (_, a, b) => a !== b,
  '<': (_, a, b) => a < b,
  '>': (_, a, b) => a > b,
  '<=': (_, a, b) => a <= b,
  '>=': (_, a, b) => a >= b,
};
const SIGNED_OPS = ['+', '-', '*', '/', '%', '==', '!=', '<', '>', '<=', '>='] as const;
const UNSIGNED_OPS = [...SIGNED_OPS, '&', '|', '^', '<<', '>>'] as const;

/** Values near the edges as often as in between. */
export function values(kind: Kind): fc.Arbitrary<bigint> {
  const [low, high] = bounds(kind);
  const edge = fc.constantFrom(low, low + 1n, -1n, 0n, 1n, 2n, high - 1n, high, 1n << 32n, (1n << 64n) - 1n, 1n << 64n);
  const near = fc.tuple(fc.nat(kind.bits), fc.integer({ min: -2, max: 2 }), fc.boolean());
  const power = near.map(([shift, off, minus]) => (minus ? -1n : 1n) * (1n << BigInt(shift)) + BigInt(off));
  const fit = (value: bigint) =>
    value < low || value > high ? low + ((value < 0n ? -value : value) % (high - low + 1n)) : value;
  return fc.oneof(
    edge.map(fit),
    power.map(fit),
    fc.bigInt({ min: low, max: high }),
    fc.bigInt({ min: 0n, max: 300n }).map(fit),
  );
}

export type Program = { readonly abi: Abi; readonly runtime: StoryRuntime };

export function build(
  source: string,
  start: (wasm: Uint8Array) => StoryRuntime = (wasm) => new FakeRuntime(wasm),
): Program {
  const result = compile(source, { guard: true });
  if (!result.ok) throw new Error(result.diagnostics.map(renderDiagnostic).join('\n'));
  return { abi: result.abi, runtime: start(result.wasm) };
}

export function evaluate({ abi, runtime }: Program, name: string, args: bigint[]): string {
  const fn = abi.functions.find((item) => item.name === name)!;
  const key = new Uint8Array(0);
  const partition = runtime.partitionOf('global', key);
  const outcome = runtime.run({ op: fn.op, scope: 'global', key, args: encodeArgs(abi, fn, args), partition });
  return outcome.fault ? `fault ${outcome.fault}` : String(decodeValue(abi, fn.returns, outcome.returned!));
}

export function expected(compute: () => bigint | boolean): string {
  try {
    return String(compute());
  } catch (error) {
    if (error instanceof Fault) return `fault ${error.id}`;
    throw error;
  }
}

/** Every operator of the type on random operands. */
export function compareOperators(kind: Kind, runs: number, start?: (wasm: Uint8Array) => StoryRuntime): void {
  const ops = kind.signed ? SIGNED_OPS : UNSIGNED_OPS;
  const type = nameOf(kind);
  const functions = ops.map((name, index) => {
    const result = typeof MODEL[name]!(kind, 1n, 1n) === 'boolean' ? 'bool' : type;
    return `function ${result} f${index}(${type} a, ${type} b) export { return a ${name} b; }`;
  });
  const program = build(`contract A { ${functions.join('\n')} }`, start);
  fc.assert(
    fc.property(fc.nat(ops.length - 1), values(kind), values(kind), (index, a, b) => {
      const name = ops[index]!;
      expect(evaluate(program, `f${index}`, [a, b]), `${a} ${name} ${b}`).toBe(
        expected(() => MODEL[name]!(kind, a, b)),
      );
    }),
    { numRuns: runs },
  );
}
