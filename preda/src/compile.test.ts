// The whole compiler on every program at hand: a refusal or a valid module, never anything else.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reporter } from './diagnostics.ts';
import { type Abi, type AbiType, compile, encodeArgs, type Json, renderDiagnostic } from './index.ts';
import { tokenize } from './lexer.ts';
import { KEY_BYTES } from './rt.ts';
import { FakeRuntime } from './testing/fake-runtime.ts';
import { person } from './testing/story.ts';

const folder = (path: string) => fileURLToPath(new URL(`../../${path}/`, import.meta.url));
const texts = ['test/conformance/single', 'test/conformance/examples', 'contracts'].flatMap((path) =>
  readdirSync(folder(path))
    .filter((file) => file.endsWith('.prd'))
    .map((file) => readFileSync(folder(path) + file, 'utf8')),
);

/** True when it compiles. */
function judge(text: string): boolean {
  const result = compile(text, { guard: true });
  if (result.ok) {
    expect(WebAssembly.validate(result.wasm), text).toBe(true);
    return true;
  }
  expect(result.diagnostics.length).toBeGreaterThan(0);
  for (const diagnostic of result.diagnostics) expect(renderDiagnostic(diagnostic)).toContain('error[E');
  return false;
}

test('every program of the conformance set compiles or is refused', () => {
  expect(texts.filter(judge).length).toBeGreaterThan(40);
});

const good = texts.filter((text) => compile(text).ok);
const tokens = good.map((text) => tokenize({ name: 'x', text }, new Reporter()).map((token) => token.text));
const vocabulary = [...new Set(tokens.flat())];
const put = fc.array(fc.constantFrom(...vocabulary), { maxLength: 2 });
const edits = fc.array(fc.record({ at: fc.nat(), length: fc.nat(2), put }), { maxLength: 2 });
/** Programs that compile with a few tokens exchanged. */
const program = fc.tuple(fc.constantFrom(...tokens), edits).map(([original, changes]) => {
  const changed = [...original];
  for (const change of changes) changed.splice(change.at % changed.length, change.length, ...change.put);
  return changed.join(' ');
});

test('exchanging tokens of programs that compile', () => {
  fc.assert(
    fc.property(program, (text) => void judge(text)),
    { numRuns: 1500 },
  );
});

/** Some value of the type; `pick(n)` draws a number below n. */
function someValue(abi: Abi, type: AbiType, pick: (below: number) => number): Json {
  const list = () => Array.from({ length: pick(4) });
  const [, signed, bits] = /^(u?)int(\d+)$/.exec(type) ?? [];
  if (bits !== undefined) {
    const small = BigInt(pick(6));
    const top = (1n << (BigInt(bits) - (signed === 'u' ? 0n : 1n))) - 1n;
    return pick(3) === 0 ? top - small : small;
  }
  if (type === 'bool') return pick(2) === 1;
  if (type === 'string') return 'añ😀x'.slice(0, pick(3));
  if (type === 'address') return person('abc'[pick(3)]!).text;
  if (type === 'hash') return '0'.repeat(63) + pick(10);
  const [, element] = /^array<(.*)>$/.exec(type) ?? [];
  if (element !== undefined) return list().map(() => someValue(abi, element, pick));
  if (type.startsWith('map<')) return [];
  const struct = abi.structs.find((item) => item.name === type);
  if (struct) return Object.fromEntries(struct.fields.map((field) => [field.name, someValue(abi, field.type, pick)]));
  return abi.enums.find((item) => item.name === type)!.values[0]!;
}

test('whatever compiles runs to its end or to a fault, inside its own memory', () => {
  const draws = fc.array(fc.nat(), { minLength: 40, maxLength: 40 });
  let runs = 0;
  fc.assert(
    fc.property(program, draws, (text, numbers) => {
      const result = compile(text, { guard: true });
      if (!result.ok) return;
      const runtime = new FakeRuntime(result.wasm);
      let drawn = 0;
      const pick = (below: number) => numbers[drawn++ % numbers.length]! % below;
      for (let call = 0; call < 12 && result.abi.functions.length > 0; call++) {
        const fn = result.abi.functions[pick(result.abi.functions.length)]!;
        if (fn.params.some((param) => /float|bigint/.test(param.type))) continue;
        const values = fn.params.map((param) => someValue(result.abi, param.type, pick));
        const key = fn.scope === 'address' ? person('abc'[pick(3)]!).bytes : new Uint8Array(KEY_BYTES[fn.scope]);
        runtime.run({
          op: fn.op,
          scope: fn.scope,
          key,
          args: encodeArgs(result.abi, fn, values),
          kind: pick(2),
          gas: 200_000n,
        });
        runs++;
      }
    }),
    { numRuns: 600 },
  );
  expect(runs).toBeGreaterThan(400);
});

test('long chains and constants made of constants take linear space', () => {
  const range = (count: number) => Array.from({ length: count }, (_, index) => index);
  const chain = range(1900).map((index) => `else if (x == ${index}u) { x = 1u; }`);
  const constants = range(1400).map((index) => `const uint64 A${index + 1} = A${index} ^ A${index};`);
  const structs = range(11).map((index) => `struct S${index + 1} { S${index} a; S${index} b; }`);
  const users = range(200).map((index) => `@address function f${index}(S11 x) export { relay@next f${index}(x); }`);
  for (const members of [
    `function uint32 f(uint32 a) export { uint32 x = a; if (x == 0u) { return 1u; } ${chain.join(' ')} return x; }`,
    `const uint64 A0 = 1u64; ${constants.join(' ')} function uint64 f() export { return A1400; }`,
    `struct S0 { uint8 a; uint8 b; } ${structs.join(' ')} ${users.join(' ')}`,
  ]) {
    const source = `contract A { ${members} }`;
    const result = compile(source);
    if (!result.ok) throw new Error(result.diagnostics.map(renderDiagnostic).join('\n'));
    expect(WebAssembly.validate(result.wasm)).toBe(true);
    expect(result.wasm.length).toBeLessThan(5 * source.length);
  }
});
