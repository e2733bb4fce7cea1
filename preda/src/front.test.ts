import { expect, test } from 'vitest';
import { CATALOGUE, renderDiagnostic } from './diagnostics.ts';
import { analyze } from './front.ts';
import { MAX_SOURCE_BYTES } from './limits.ts';
import type { Contract, Stmt } from './program.ts';
import { verdictOf } from './verdict.ts';

const source = (text: string, name = 'a.prd') => ({ name, text });
const inContract = (members: string) => `contract T {\n${members}\n}\n`;
const inFunction = (body: string) => inContract(`@address function f() {\n${body}\n}`);

function rendered(text: string): string {
  const analysis = analyze([source(text)], { accept: 'release' });
  return 'diagnostics' in analysis ? analysis.diagnostics.map(renderDiagnostic).join('\n') : '';
}

function contractOf(text: string): Contract {
  const analysis = analyze([source(text)], { accept: 'release' });
  if ('diagnostics' in analysis) throw new Error(analysis.diagnostics.map(renderDiagnostic).join('\n'));
  return analysis.program.contracts[0]!;
}

const bodyOf = (members: string): readonly Stmt[] => contractOf(inContract(members)).functions[0]!.body.body;

test('diagnostics show the line, a marker and a hint', () => {
  expect(
    rendered(
      inContract('@address uint64 held;\n@address function pay() export {\n\theld += 5u128;\n\thelt = 1u64;\n}'),
    ),
  ).toMatchInlineSnapshot(`
    "error[E9]: \`+=\` needs uint64, found uint128
     --> a.prd:4:10
      |
    4 | 	held += 5u128;
      | 	        ^^^^^ types do not match
      = hint: write 5u64

    error[E17]: unknown name \`helt\`
     --> a.prd:5:2
      |
    5 | 	helt = 1u64;
      | 	^^^^ unknown name
      = hint: did you mean \`held\`?
    "
  `);
});

test('a missing feature is named with its place, once', () => {
  const text = inContract(
    '@address bigint a;\n@address bigint b;\n@global scattered_map<uint32, int32> m;\n@uint256 bool c;',
  );
  expect(rendered(text)).toMatchInlineSnapshot(`
    "error[E2001]: not supported by this version: bigint
     --> a.prd:2:17
      |
    2 | @address bigint a;
      |                 ^ not supported by this version

    error[E2001]: not supported by this version: scattered_map
     --> a.prd:4:38
      |
    4 | @global scattered_map<uint32, int32> m;
      |                                      ^ not supported by this version

    error[E2001]: not supported by this version: @uint256
     --> a.prd:5:15
      |
    5 | @uint256 bool c;
      |               ^ not supported by this version
    "
  `);
});

test('a syntax error says what was expected', () => {
  expect(rendered(inFunction('int32 next = 1;'))).toMatchInlineSnapshot(`
    "error[E1024]: expected a name for the variable, found \`next\`
     --> a.prd:3:7
      |
    3 | int32 next = 1;
      |       ^^^^ syntax error
      = hint: \`next\` is a reserved word
    "
  `);
});

test('several independent errors are reported together, and an error once', () => {
  expect(verdictOf([source(inFunction('auto x = y;\nint32 z = x;\nz = true;\nbreak;'))])).toBe('3:E17,5:E9,6:E23');
});

test.each([
  ['a >> 1u', 'OK'],
  ['a - 1u', 'OK'],
  ['a -1u', 'OK'],
  ['a & 1u == 1u', '4:E9'],
  ['a / 2u * 2u', 'OK'],
  ['1u | 2u64', '4:E9'],
  ['1u64 | a', 'OK'],
  ['true ? a : false ? a : a', 'OK'],
  ['- 5', '4:E38'],
  ['-2147483648', 'OK'],
  ['2147483648', '4:E35'],
  ['-5u', '4:E35'],
  ['a++', '4:E41'],
  ['int32', '4:E7'],
  ['f', '4:E62'],
  ['__block', '4:E62'],
  ['"a" < "b"', 'OK'],
])('expression %s is judged %s', (expression, verdict) => {
  expect(verdictOf([source(inFunction(`uint32 a = 8u;\nauto b = ${expression};`))])).toBe(verdict);
});

test.each([
  ['token.get_id()', '3:E64'],
  ['token.symbol_to_id("abc")', 'OK'],
  ['transaction_type.scheduled_type', 'OK'],
  ['__debug.prin()', '3:E40'],
  ['deploy T()', '3:E85'],
])('%s is judged %s', (expression, verdict) => {
  expect(verdictOf([source(inFunction(`auto b = ${expression};`))])).toBe(verdict);
});

test('the relay targets the reference crashes on have codes', () => {
  const members = (statement: string) => inContract(`@address function h() { }\n@global function g() { ${statement} }`);
  expect(verdictOf([source(members('relay@shards h();'))])).toBe('3:E19');
  expect(verdictOf([source(members('relay@next h();'))])).toBe('3:E74');
});

test('a broadcast hidden behind a call is found', () => {
  const text = inContract(
    '@shard function s() { }\nfunction a() const { b(); }\nfunction b() const { relay@shards s(); }\n@address function f() { a(); }',
  );
  expect(verdictOf([source(text)])).toBe('5:E76');
});

test('contracts that import each other are refused, and who imports a refused one is not judged', () => {
  const a = source('import B;\ncontract A { }', 'A.prd');
  const b = source('import A;\ncontract B { }', 'B.prd');
  const c = source('import A;\ncontract C { @address bad x; }', 'C.prd');
  expect(verdictOf([a, b])).toBe('1:E5');
  expect(verdictOf([c, a, b])).toBe('1:E5');
});

test('lambdas follow the declared functions, outer before inner', () => {
  const contract = contractOf(
    inContract(
      '@address function f(address a) export { relay@a (^a) { relay@a () { } } relay@a g(); }\n@address function g() { relay@next () { } }',
    ),
  );
  expect(contract.functions.map(({ name, isLambda, isRelayTarget }) => [name, isLambda, isRelayTarget])).toEqual([
    ['f', false, false],
    ['g', false, true],
    ['f#2', true, true],
    ['f#3', true, true],
    ['g#4', true, true],
  ]);
  expect(contract.declaredCount).toBe(2);
});

test('implicit widening is explicit in the typed tree', () => {
  const [declaration] = bodyOf('@address function f(int16 a, int64 b) { auto c = a + b; }');
  expect(declaration).toMatchObject({
    kind: 'declare',
    value: {
      kind: 'binary',
      type: { id: 'int64' },
      left: { kind: 'widen', operand: { kind: 'local' } },
      right: { kind: 'local' },
    },
  });
});

test('state fields count within their scope, locals within their function', () => {
  const contract = contractOf(
    inContract(
      '@address int32 a;\n@global int32 b;\n@address int32 c;\n@address function f(int32 p) { { int32 x; } { int32 x; } }',
    ),
  );
  expect(contract.state.address.map(({ name, index }) => [name, index])).toEqual([
    ['a', 0],
    ['c', 1],
  ]);
  expect(contract.functions[0]!.locals.map(({ name, slot }) => [name, slot])).toEqual([
    ['p', 0],
    ['x', 1],
    ['x', 2],
  ]);
});

const nest = (open: string, close: string, times: number) => open.repeat(times) + close.repeat(times);

test.each([
  ['a long source', ' '.repeat(MAX_SOURCE_BYTES + 1)],
  ['umlauts counted as bytes', `//${'ä'.repeat(MAX_SOURCE_BYTES / 2)}`],
])('%s is refused', (_, text) => {
  expect(verdictOf([source(text)])).toBe('1:E2002');
});

test.each([
  ['blocks', inFunction(nest('{', '}', 5_000))],
  ['parentheses', inFunction(`auto x = ${'('.repeat(20_000)}1${')'.repeat(20_000)};`)],
  ['a sum', inFunction(`auto x = 1${' + 1'.repeat(10_000)};`)],
  ['calls', inFunction(`g${'()'.repeat(20_000)};`)],
  ['signs', inFunction(`auto x = ${'!'.repeat(30_000)}true;`)],
  ['choices', inFunction(`auto x = ${'true ? 1 : '.repeat(4_000)}1;`)],
  ['assignments', inFunction(`${'x = '.repeat(10_000)}1;`)],
  ['types', inFunction(`${'array<'.repeat(9_000)}int32${'>'.repeat(9_000)} x;`)],
  ['lambdas', inFunction(`${'relay@next () {'.repeat(2_000)}${'}'.repeat(2_000)}`)],
])('%s nested too deeply are refused without overflowing the stack', (_, text) => {
  expect(verdictOf([source(text)])).toMatch(/:E2003$/);
});

test('long but flat sources pass', () => {
  const branches = `if (true) { } ${'else if (true) { }'.repeat(3_000)}`;
  expect(verdictOf([source(inFunction(branches))])).toBe('OK');
  expect(verdictOf([source(inFunction(`__debug.print(1${', 1'.repeat(20_000)});`))])).toBe('OK');
});

test('structs that unfold to very many fields are refused', () => {
  const structs = Array.from({ length: 20 }, (_, i) => `struct S${i + 1} { S${i} a; S${i} b; }`);
  expect(verdictOf([source(inContract(['struct S0 { bool a; bool b; }', ...structs].join('\n')))])).toMatch(/E2005/);
});

const REFERENCE_CODES = `1-14 16-24 26 29-31 33-36 38-48 51 52 56-62 64 68 70-81 83-94 1024`;

test('structs nested very deeply are refused', () => {
  const structs = Array.from({ length: 2_000 }, (_, i) => `struct S${i + 1} { S${i} a; }`);
  expect(verdictOf([source(inContract(['struct S0 { bool a; }', ...structs].join('\n')))])).toMatch(/^\d+:E2003$/);
});

test('the catalogue names every code of the reference', () => {
  const codes = REFERENCE_CODES.split(' ').flatMap((range) => {
    const [first, last] = range.split('-').map(Number) as [number, number?];
    return Array.from({ length: (last ?? first) - first + 1 }, (_, i) => first + i);
  });
  const named = Object.keys(CATALOGUE).map(Number);
  expect(named.filter((code) => code < 2000)).toEqual(codes);
});
