// Integer arithmetic of every width against BigInt, by generated expressions compiled and run.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  build,
  checked,
  compareOperators,
  evaluate,
  expected,
  KINDS,
  type Kind,
  MODEL,
  nameOf,
  values,
} from './testing/arith-model.ts';

test.each(KINDS)('operators of $bits bits, signed: $signed', (kind) => compareOperators(kind, 1500));

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
