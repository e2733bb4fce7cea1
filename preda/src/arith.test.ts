/** Integer arithmetic of every width against BigInt, by generated expressions compiled and run. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeValue } from './abi-values.ts';
import { compile, encodeArgs, renderDiagnostic } from './index.ts';
import { FakeRuntime } from './testing/fake-runtime.ts';
import type { BinaryOp } from './types.ts';

const WIDTHS = [8, 16, 32, 64, 128] as const;
type Kind = { readonly signed: boolean; readonly bits: number };
const KINDS: readonly Kind[] = WIDTHS.flatMap((bits) => [
  { signed: false, bits },
  { signed: true, bits },
]);
const nameOf = ({ signed, bits }: Kind) => `${signed ? '' : 'u'}int${bits}`;
const bounds = ({ signed, bits }: Kind): [bigint, bigint] =>
  signed ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n] : [0n, (1n << BigInt(bits)) - 1n];

class Fault extends Error {
  readonly id: number;
  constructor(id: number) {
    super();
    this.id = id;
  }
}
function checked(kind: Kind, value: bigint): bigint {
  const [low, high] = bounds(kind);
  if (value > high) throw new Fault(1);
  if (value < low) throw new Fault(2);
  return value;
}
function byZero(value: bigint): bigint {
  if (value === 0n) throw new Fault(3);
  return value;
}

const MODEL: Partial<Record<BinaryOp, (kind: Kind, a: bigint, b: bigint) => bigint | boolean>> = {
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
function values(kind: Kind): fc.Arbitrary<bigint> {
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

function build(source: string) {
  const result = compile(source, { guard: true });
  if (!result.ok) throw new Error(result.diagnostics.map(renderDiagnostic).join('\n'));
  return { abi: result.abi, runtime: new FakeRuntime(result.wasm) };
}

function evaluate({ abi, runtime }: ReturnType<typeof build>, name: string, args: bigint[]): string {
  const fn = abi.functions.find((item) => item.name === name)!;
  const outcome = runtime.run({ op: fn.op, scope: 'global', key: new Uint8Array(0), args: encodeArgs(abi, fn, args) });
  return outcome.fault ? `fault ${outcome.fault}` : String(decodeValue(abi, fn.returns, outcome.returned!));
}

function expected(compute: () => bigint | boolean): string {
  try {
    return String(compute());
  } catch (error) {
    if (error instanceof Fault) return `fault ${error.id}`;
    throw error;
  }
}

test.each(KINDS)('operators of $bits bits, signed: $signed', (kind) => {
  const ops = kind.signed ? SIGNED_OPS : UNSIGNED_OPS;
  const type = nameOf(kind);
  const functions = ops.map((name, index) => {
    const result = typeof MODEL[name]!(kind, 1n, 1n) === 'boolean' ? 'bool' : type;
    return `function ${result} f${index}(${type} a, ${type} b) export { return a ${name} b; }`;
  });
  const program = build(`contract A { ${functions.join('\n')} }`);
  fc.assert(
    fc.property(fc.nat(ops.length - 1), values(kind), values(kind), (index, a, b) => {
      const name = ops[index]!;
      expect(evaluate(program, `f${index}`, [a, b]), `${a} ${name} ${b}`).toBe(
        expected(() => MODEL[name]!(kind, a, b)),
      );
    }),
    { numRuns: 1500 },
  );
});

test.each(KINDS)('unary and step operators of $bits bits, signed: $signed', (kind) => {
  const type = nameOf(kind);
  const program = build(`contract A {
    function ${type} up(${type} a) export { ${type} b = a; b++; return b; }
    function ${type} down(${type} a) export { ${type} b = a; --b; return b; }
    function ${type} flip(${type} a) export { return ${kind.signed ? '-' : '~'}a; }
  }`);
  fc.assert(
    fc.property(values(kind), (a) => {
      expect(evaluate(program, 'up', [a])).toBe(expected(() => checked(kind, a + 1n)));
      expect(evaluate(program, 'down', [a])).toBe(expected(() => checked(kind, a - 1n)));
      const flipped = () => (kind.signed ? checked(kind, -a) : BigInt.asUintN(kind.bits, ~a));
      expect(evaluate(program, 'flip', [a])).toBe(expected(flipped));
    }),
    { numRuns: 300 },
  );
});

test('conversions between all integer types are range-checked', () => {
  const functions = KINDS.flatMap((from) =>
    KINDS.map(
      (to) =>
        `function ${nameOf(to)} ${nameOf(from)}_to_${nameOf(to)}(${nameOf(from)} a) export { return ${nameOf(to)}(a); }`,
    ),
  );
  const program = build(`contract A { ${functions.join('\n')} }`);
  const pairs = fc
    .constantFrom(...KINDS)
    .chain((from) => fc.tuple(fc.constant(from), fc.constantFrom(...KINDS), values(from)));
  fc.assert(
    fc.property(pairs, ([from, to, a]) => {
      const name = `${nameOf(from)}_to_${nameOf(to)}`;
      expect(evaluate(program, name, [a]), `${name} ${a}`).toBe(expected(() => checked(to, a)));
    }),
    { numRuns: 3000 },
  );
});

type Tree = { readonly text: string; readonly value: (x: bigint, y: bigint) => bigint };

/** Nested expressions of one type over two parameters and literals. */
function trees(kind: Kind): fc.Arbitrary<Tree> {
  const suffix = `${kind.signed ? 'i' : 'u'}${kind.bits}`;
  const literal = (value: bigint): Tree => ({ text: `${value}${suffix}`, value: () => value });
  const leaf: fc.Arbitrary<Tree> = fc.oneof(
    fc.constant<Tree>({ text: 'x', value: (x) => x }),
    fc.constant<Tree>({ text: 'y', value: (_, y) => y }),
    values(kind).map(literal),
  );
  const ops = kind.signed ? (['+', '-', '*', '/', '%'] as const) : (['+', '-', '*', '/', '%', '&', '|', '^'] as const);
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'tree' },
      leaf,
      fc.tuple(fc.constantFrom(...ops), tie('tree'), tie('tree')).map(
        ([name, a, b]): Tree => ({
          text: `(${a.text} ${name} ${b.text})`,
          value: (x, y) => MODEL[name]!(kind, a.value(x, y), b.value(x, y)) as bigint,
        }),
      ),
      fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(
        ([a, b, c]): Tree => ({
          text: `(${a.text} < ${b.text} ? ${c.text} : ${a.text})`,
          value: (x, y) => (a.value(x, y) < b.value(x, y) ? c.value(x, y) : a.value(x, y)),
        }),
      ),
    ),
  }));
  return tree;
}

test.each(KINDS)('nested expressions of $bits bits, signed: $signed', (kind) => {
  const type = nameOf(kind);
  const cases = fc.sample(fc.tuple(trees(kind), values(kind), values(kind)), { numRuns: 120, seed: kind.bits });
  const functions = cases.map(
    ([tree], index) => `function ${type} f${index}(${type} x, ${type} y) export { return ${tree.text}; }`,
  );
  const program = build(`contract A { ${functions.join('\n')} }`);
  for (const [index, [tree, x, y]] of cases.entries()) {
    expect(evaluate(program, `f${index}`, [x, y]), `${tree.text} for ${x}, ${y}`).toBe(
      expected(() => tree.value(x, y)),
    );
  }
});
