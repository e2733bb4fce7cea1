// The ABI: what it lists, JSON to bytes and back, and refusals that say where.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeValue, encodeArgs, encodeValue } from './abi-values.ts';
import { compile, findFunction } from './index.ts';
import { person } from './testing/story.ts';
import { ByteWriter } from './wasm.ts';

const SOURCE = `contract T {
  enum Color { Red, Green }
  struct Leaf { address who; int8 n; Color c; }
  struct Tree { string name; array<Leaf> leaves; map<uint16, bool> marks; }
  @address uint64 a;
  @global Tree tree;
  function on_deploy(uint8 x) { }
  @address function f(Tree t, array<array<uint128>> rows) export { relay@global () { } }
  @address function f(uint8 x) export { }
  @address function uint64 look() public const { return a; }
  function inner() { }
}`;
const result = compile(SOURCE);
if (!result.ok) throw new Error('does not compile');
const { abi } = result;

test('lists what a record may name, with its flags', () => {
  expect(abi.functions.map(({ op, name, scope, isExport, isLambda }) => [op, name, scope, isExport, isLambda])).toEqual(
    [
      [0, 'on_deploy', 'global', false, false],
      [1, 'f', 'address', true, false],
      [2, 'f', 'address', true, false],
      [3, 'look', 'address', false, false],
      [5, 'f#5', 'global', false, true],
    ],
  );
  expect(abi.onDeploy).toBe(0);
  expect(abi.state).toEqual([
    { scope: 'global', index: 0, name: 'tree', type: 'T.Tree' },
    { scope: 'address', index: 0, name: 'a', type: 'uint64' },
  ]);
  expect(JSON.parse(JSON.stringify(abi))).toEqual(abi);
  expect(result.codeHash).toMatch(/^[0-9a-f]{64}$/);
});

test('overloads are told apart by number and names of arguments', () => {
  expect(findFunction(abi, 'f', 1)?.op).toBe(2);
  expect(findFunction(abi, 'f', ['rows', 't'])?.op).toBe(1);
  expect(findFunction(abi, 'nothing')).toBeUndefined();
});

const leaf = fc.record({
  who: fc.constantFrom('a', 'b').map((name) => person(name).text),
  n: fc.integer({ min: -128, max: 127 }),
  c: fc.constantFrom('Red', 'Green'),
});
const tree = fc.record({
  name: fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed()),
  leaves: fc.array(leaf),
  marks: fc.constantFrom<[number, boolean][]>(
    [],
    [
      [256, true],
      [1, false],
    ],
  ),
});

test('what is encoded decodes to the same', () => {
  fc.assert(
    fc.property(tree, (value) => {
      expect(decodeValue(abi, 'T.Tree', encodeValue(abi, 'T.Tree', value))).toEqual(value);
    }),
  );
  const wide = ((1n << 128n) - 1n).toString();
  expect(decodeValue(abi, 'uint128', encodeValue(abi, 'uint128', wide))).toBe(wide);
  expect(decodeValue(abi, 'int64', encodeValue(abi, 'int64', -5))).toBe('-5');
});

test('refusals name the culprit', () => {
  const fn = findFunction(abi, 'f', 2)!;
  const good = { name: 'x', leaves: [{ who: person('a').text, n: 1, c: 'Red' }], marks: [] };
  const bad = (args: Parameters<typeof encodeArgs>[2]) => () => encodeArgs(abi, fn, args);
  expect(bad([good])).toThrow('f: takes 2 arguments, got 1');
  expect(bad({ t: good })).toThrow('f: rows is missing');
  expect(bad({ t: good, rows: [], more: 1 })).toThrow('f: nothing here is called more');
  expect(bad([{ ...good, leaves: [{ ...good.leaves[0]!, n: 128 }] }, []])).toThrow(
    't.leaves[0].n: 128 is not in the range of int8',
  );
  expect(bad([{ ...good, leaves: [{ ...good.leaves[0]!, c: 'Blue' }] }, []])).toThrow(
    't.leaves[0].c: expected one of Red, Green, got "Blue"',
  );
  expect(bad([{ ...good, leaves: [{ ...good.leaves[0]!, who: 'nobody' }] }, []])).toThrow(
    't.leaves[0].who: expected an address, got "nobody"',
  );
  expect(bad([good, [[1, -1]]])).toThrow('rows[0][1]: -1 is not in the range of uint128');
  expect(bad([good, [[1.5]]])).toThrow('rows[0][0]: expected uint128, got 1.5');
  expect(() => decodeValue(abi, 'bool', Uint8Array.of(2))).toThrow('2 is no bool');
  expect(() => decodeValue(abi, 'uint8', Uint8Array.of(2, 3))).toThrow('1 bytes too many');
  expect(() => decodeValue(abi, 'array<uint8>', Uint8Array.of(255, 255, 255, 255))).toThrow('do not fit');
});

test('LEB128 as the WebAssembly specification has it', () => {
  const signed = (value: bigint) => {
    const out = new ByteWriter();
    out.signed(value);
    return [...out.finish()];
  };
  expect(signed(0n)).toEqual([0]);
  expect(signed(-1n)).toEqual([0x7f]);
  expect(signed(63n)).toEqual([63]);
  expect(signed(64n)).toEqual([0xc0, 0]);
  expect(signed(-64n)).toEqual([0x40]);
  expect(signed(-123456n)).toEqual([0xc0, 0xbb, 0x78]);
  expect(signed(-(1n << 63n))).toHaveLength(10);
  const out = new ByteWriter();
  out.u32(624485);
  out.u32(0xffff_ffff);
  expect([...out.finish()]).toEqual([0xe5, 0x8e, 0x26, 0xff, 0xff, 0xff, 0xff, 0x0f]);
});
