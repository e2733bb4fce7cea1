// What values, references, maps, strings and faults do when compiled code runs, with every store checked.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeArgs, encodeValue, type Json } from './abi-values.ts';
import { compile, renderDiagnostic } from './index.ts';
import { FakeRuntime } from './testing/fake-runtime.ts';
import { person, Story } from './testing/story.ts';

/** A story whose cells can be looked at. */
function contract(members: string): Story & { readonly runtime: FakeRuntime } {
  const story = new Story(`contract T { ${members} }`);
  if (!(story.runtime instanceof FakeRuntime)) throw new Error('stories run on the test runtime');
  return story as Story & { readonly runtime: FakeRuntime };
}
const at = (name: string) => person(name).text;
const me = 'me';

test('a struct is shared by assignment and copied into a relay', () => {
  const story = contract(`
    struct Box { uint64 v; array<uint64> items; }
    @address Box kept;
    @address uint64 seen;
    @address function uint64 run() export {
      Box a = Box();
      Box b = a;
      b.v = 7u64;
      b.items.push(1u64);
      kept = a;
      b.items.push(2u64);
      a.v += 1u64;
      relay@__transaction.get_self_address() later(b);
      b.v = 100u64;
      return a.v + uint64(a.items.length());
    }
    @address function later(Box copy) { seen = copy.v; copy.v = 1u64; kept.items.pop(); }`);
  expect(story.call('run', me)).toBe('102');
  expect(story.state('address', me, 'seen')).toBe('8');
  expect(story.state('address', me, 'kept')).toEqual({ v: '100', items: ['1'] });
});

test('a change through an alias of state is written back', () => {
  const story = contract(`
    struct In { uint32 n; string s; }
    struct Out { In inner; array<In> list; }
    @address Out tree;
    @address uint64 other;
    @address function grow(string text) export {
      Out alias = tree;
      In fresh = In(1u, text);
      alias.list.push(fresh);
      alias.inner = fresh;
      fresh.n = 5u;
      fresh.s.append("!");
    }
    @address function poke() export { In last = tree.list[tree.list.length() - 1u]; last.n++; }
    @address function touch() export { other++; }
    @address function uint32 read() public const { return tree.inner.n; }`);
  story.call('grow', me, ['hé']);
  expect(story.state('address', me, 'tree')).toEqual({ inner: { n: 5, s: 'hé!' }, list: [{ n: 5, s: 'hé!' }] });
  story.call('poke', me);
  expect(story.state('address', me, 'tree')).toEqual({ inner: { n: 5, s: 'hé!' }, list: [{ n: 6, s: 'hé!' }] });
  story.call('touch', me);
  expect(story.call('read', me)).toBe(5);
  expect(story.state('address', me, 'other')).toBe('1');
  const before = story.runtime.cells.get(`address/${Buffer.from(person(me).bytes).toString('hex')}`);
  story.call('read', me);
  expect(story.runtime.cells.get(`address/${Buffer.from(person(me).bytes).toString('hex')}`)).toBe(before);
});

test('a map at state level keeps each element in a cell of its own', () => {
  const story = contract(`
    struct Rec { address owner; string text; }
    @address map<uint64, Rec> book;
    @address map<address, uint128> sums;
    @address function put(uint64 k, string text) export { book[k] = Rec(__transaction.get_self_address(), text); }
    @address function edit(uint64 k) export { Rec r = book[k]; r.text.append("+"); }
    @address function bool has(uint64 k) public const { return book.has(k); }
    @address function drop(uint64 k) export { book.erase(k); }
    @address function string word(uint64 k) public { return book[k].text; }
    @address function const string peek(uint64 k) public const { return book[k].text; }
    @address function twice(uint64 k) export { book.erase(k); book[k].text.set("again"); book.erase(k); book.erase(k); }
    @address function add(address who, uint128 n) export { sums[who] += n; sums[who] += n; }`);
  for (const key of [300, 2, 1]) story.call('put', me, [key, `t${key}`]);
  expect(story.runtime.cells.size).toBe(3);
  story.call('edit', me, [2]);
  expect(story.call('peek', me, [2])).toBe('t2+');
  expect(story.fault('peek', me, [9])).toBe(11);
  expect(story.call('has', me, [9])).toBe(false);
  expect(story.call('word', me, [9])).toBe('');
  expect(story.call('has', me, [9])).toBe(true);
  story.call('drop', me, [300]);
  expect(story.call('has', me, [300])).toBe(false);
  story.call('twice', me, [1]);
  story.call('twice', me, [77]);
  expect(story.call('has', me, [1])).toBe(false);
  story.call('add', me, [at('x'), 21]);
  story.call('add', me, [at('x'), 21]);
  const cells = [...story.runtime.cells.values()].map((bytes) => bytes.length).sort((a, b) => a - b);
  expect(cells).toEqual([16, 38, 41]);
});

test('a state-level map can not be used as a value', () => {
  const result = compile(
    'contract T { @address map<uint64,uint64> m; @address function f() export { map<uint64,uint64> x = m; } }',
  );
  expect(result.ok ? '' : result.diagnostics.map(renderDiagnostic).join()).toContain('stored one by one');
});

test('maps inside values behave like a model and encode in key order', () => {
  const story = contract(`
    struct S { map<uint16, uint64> m; }
    @address S s;
    @address function put(uint16 k, uint64 v) export { s.m[k] = v; }
    @address function drop(uint16 k) export { s.m.erase(k); }
    @address function uint64 get(uint16 k) public const { if (!s.m.has(k)) { return 0u64; } return s.m[k]; }
    @address function many(array<uint16> keys) export { for (uint32 i = 0u; i < keys.length(); i++) { s.m[keys[i]] += 1u64; } }`);
  const model = new Map<number, number>();
  const action = fc.tuple(
    fc.constantFrom('put', 'drop', 'get', 'many'),
    fc.array(fc.nat(600), { minLength: 1, maxLength: 12 }),
    fc.nat(1000),
  );
  fc.assert(
    fc.property(action, ([name, keys, value]) => {
      const key = keys[0]!;
      if (name === 'put') {
        model.set(key, value);
        story.call('put', me, [key, value]);
      } else if (name === 'drop') {
        model.delete(key);
        story.call('drop', me, [key]);
      } else if (name === 'many') {
        for (const each of keys) model.set(each, (model.get(each) ?? 0) + 1);
        story.call('many', me, [keys]);
      } else {
        expect(story.call('get', me, [key])).toBe(String(model.get(key) ?? 0));
      }
    }),
    { numRuns: 300 },
  );
  const stored = story.state('address', me, 's') as { m: [number, string][] };
  expect(new Map(stored.m)).toEqual(new Map([...model].map(([key, value]) => [key, String(value)])));
  const bytes = (key: number) => (key & 255) * 256 + (key >> 8);
  expect(stored.m.map(([key]) => bytes(key))).toEqual([...model.keys()].map(bytes).sort((a, b) => a - b));
});

test('strings append, share and compare by bytes', () => {
  const story = contract(`
    @address string a;
    @address function string run(string x, string y) export {
      a.set(x); a.append(y); a.append(a);
      string b = a;
      b.append("#");
      string c;
      c.set(a);
      c.append("?");
      return a;
    }
    function bool less(string x, string y) public const { return x < y && x <= y && !(x > y) && !(x >= y) && x != y; }
    function bool same(string x, string y) public const { return x == y && x <= y && x >= y; }
    function uint16 len(string x) public const { return x.length(); }
    function string num(int128 x, uint8 y) public const { string s = string(x); s.append(string(y)); return s; }`);
  expect(story.call('run', me, ['ab', 'ö'])).toBe('aböabö#');
  expect(story.state('address', me, 'a')).toBe('aböabö#');
  expect(story.call('less', undefined, ['longer-than-8-bytes-a', 'longer-than-8-bytes-b'])).toBe(true);
  expect(story.call('less', undefined, ['ab', 'abc'])).toBe(true);
  expect(story.call('less', undefined, ['abc', 'ab'])).toBe(false);
  expect(story.call('same', undefined, ['abc', 'abc'])).toBe(true);
  expect(story.call('len', undefined, ['ö'])).toBe(2);
  expect(story.call('num', undefined, [`${-(1n << 127n)}`, 255])).toBe('-170141183460469231731687303715884105728255');
  expect(story.fault('run', me, ['x'.repeat(30_000), 'y'.repeat(10_000)])).toBe(26);
});

test('hashes and addresses compare, convert and default to zeros', () => {
  const story = contract(`
    @address hash h;
    @address address who;
    @address function bool blank() public const { address none; hash zero; return who == none && h == zero; }
    @address function keep(string text, address a) export { h = hash(text); who = a; address b = who; who = a; if (b < a || b > a) { h = hash(""); } }
    function string show(address a) public const { return string(a); }
    function address parse(string s) public const { return address(s); }
    function string sha(string s) public const { return string(hash(s)); }
    function bool kinds(address a) public const { return a.is_user() && !a.is_contract(); }`);
  expect(story.call('blank', me)).toBe(true);
  story.call('keep', me, ['abc', at('x')]);
  expect(story.state('address', me, 'h')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(story.state('address', me, 'who')).toBe(at('x'));
  expect(story.call('show', undefined, [at('x')])).toBe(at('x'));
  expect(story.call('parse', undefined, [at('x')])).toBe(at('x'));
  expect(story.fault('parse', undefined, ['nobody'])).toBe(28);
  expect(String(story.call('sha', undefined, ['abc']))).toHaveLength(52);
  expect(story.call('kinds', undefined, [at('x')])).toBe(true);
});

test('arrays grow, shrink, default and refuse what is out of range', () => {
  const story = contract(`
    enum E { A, B }
    @address array<string> words;
    @address array<array<uint16>> rows;
    @address array<bool> flags;
    @address array<E> es;
    @address array<address> who;
    @address array<uint128> big;
    @address function fill() export {
      words.set_length(3u); words[1u].append("x"); words.set_length(2u); words.set_length(3u);
      rows.set_length(2u); rows[1u].push(9u16); rows[1u].push(rows[1u][0u]);
      flags.push(true); flags.push(false); es.push(E.B); who.set_length(1u); who.push(__transaction.get_self_address());
      for (uint128 i = 0u128; i < 20u128; i++) { big.push(i * i); }
      big.pop();
    }
    @address function uint128 get(uint32 i) public const { return big[i]; }
    @address function drain() export { while (big.length() > 0u) { big.pop(); } big.pop(); }
    @address function huge(uint32 n) export { array<uint64> a; a.set_length(n); }`);
  story.call('fill', me);
  expect(story.state('address', me, 'words')).toEqual(['', 'x', '']);
  expect(story.state('address', me, 'rows')).toEqual([[], [9, 9]]);
  expect(story.state('address', me, 'flags')).toEqual([true, false]);
  expect(story.state('address', me, 'es')).toEqual(['B']);
  expect(story.state('address', me, 'who')).toEqual(['00'.repeat(36), at(me)]);
  expect(story.call('get', me, [18])).toBe('324');
  expect(story.fault('get', me, [19])).toBe(8);
  expect(story.fault('drain', me)).toBe(9);
  expect(story.fault('huge', me, [0xffff_ffff])).toBe(30);
  expect(story.fault('huge', me, [4_000_000])).toBe(15);
});

test('control flow: loops, break, continue, early return, recursion', () => {
  const story = contract(`
    function uint64 loops(uint64 n) public const {
      uint64 sum = 0u64;
      for (uint64 i = 0u64; i < n; i++) { if (i % 3u64 == 0u64) { continue; } if (i > 20u64) { break; } sum += i; }
      uint64 k = n;
      while (true) { if (k == 0u64) { break; } k--; if (k % 2u64 == 0u64) { continue; } sum += 100u64; }
      do { sum++; k++; if (k == 2u64) { continue; } } while (k < 3u64);
      return sum;
    }
    function uint64 fib(uint64 n) public const { if (n < 2u64) { return n; } return fib(n - 1u64) + fib(n - 2u64); }
    function uint64 deep(uint64 n) public const { return deep(n + 1u64); }
    function forever() export { while (true) { } }
    function uint32 pick(uint32 a) public const { if (a == 1u) { return 10u; } else if (a == 2u) { return 20u; } else { return 30u; } return 0u; }
    function bool lazy(uint32 d) public const { return d == 0u || 10u / d > 1u; }
    function uint128 swap(bool c, uint128 a, uint128 b) public const { uint128 x = a; uint128 y = b; (c ? x : y) = 7u128; return x * 1000u128 + y; }
    function over(uint8 a) export { }
    function over(uint16 a, uint8 b) export { }`);
  const expectedLoops = (n: number) => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      if (i % 3 === 0) continue;
      if (i > 20) break;
      sum += i;
    }
    for (let k = n - 1; k >= 0; k--) if (k % 2 !== 0) sum += 100;
    return String(sum + 3);
  };
  for (const n of [0, 1, 7, 40]) expect(story.call('loops', undefined, [n])).toBe(expectedLoops(n));
  expect(story.call('fib', undefined, [15])).toBe('610');
  expect(story.fault('deep', undefined, [0])).toBe(15);
  expect(story.fault('forever', undefined)).toBe(30);
  expect([1, 2, 3].map((a) => story.call('pick', undefined, [a]))).toEqual([10, 20, 30]);
  expect(story.call('lazy', undefined, [0])).toBe(true);
  expect(story.call('swap', undefined, [true, 1, 2])).toBe('7002');
  expect(story.call('swap', undefined, [false, 1, 2])).toBe('1007');
  story.call('over', undefined, [3]);
  story.call('over', undefined, [300, 3]);
});

test('operands are evaluated from left to right', () => {
  const story = contract(`
    @address uint64 n;
    @address array<uint64> list;
    @address function uint64 bump() { n += 1u64; return n; }
    @address function uint64 run() export { uint64 r = n * 100u64 + bump() * 10u64 + n; return r; }
    @address function grow() export { list.push(1u64); list[0u] = more() + list[0u]; }
    @address function uint64 more() { for (uint32 i = 0u; i < 9u; i++) { list.push(5u64); } list[0u] = 41u64; return list[0u]; }`);
  expect(story.call('run', me)).toBe('11');
  expect(story.call('run', me)).toBe('122');
  story.call('grow', me);
  expect((story.state('address', me, 'list') as Json[]).slice(0, 2)).toEqual(['82', '5']);
});

test('a fault leaves no state, no relays, and has burnt gas', () => {
  const story = contract(`
    @address uint64 n;
    @address function run(bool fail) export {
      n = 5u64;
      relay@global g();
      __debug.assert(!fail);
    }
    function g() { }`);
  expect(story.fault('run', me, [true])).toBe(21);
  expect(story.runtime.cells.size).toBe(0);
  expect(story.steps).toHaveLength(1);
  expect(story.steps[0]!.outcome.gas).toBeGreaterThan(0n);
  expect(story.fault('run', me, [false])).toBe(0);
});

const ARGS = `contract T {
  enum E { A, B }
  struct S { bool b; string s; map<uint8, E> m; }
  function f(bool b, E e, array<S> list, string s, array<uint32> n) export { }
  function fixed(bool b, E e, address a, int16 i) export { }
}`;

test('arguments are taken in their one canonical form only', () => {
  const result = compile(ARGS, { guard: true });
  if (!result.ok) throw new Error('does not compile');
  const runtime = new FakeRuntime(result.wasm);
  const run = (op: number, args: Uint8Array, kind = 0) =>
    runtime.run({ op, scope: 'global', key: new Uint8Array(0), args, kind }).fault;
  const [f, fixed] = result.abi.functions as [(typeof result.abi.functions)[0], (typeof result.abi.functions)[0]];
  const list = [
    {
      b: true,
      s: 'ß',
      m: [
        [2, 'A'],
        [1, 'B'],
      ],
    },
  ] as const;
  const good = encodeArgs(result.abi, f, [true, 'B', list, 'text', [1, 2, 3]]);
  expect(run(0, good)).toBe(0);
  for (let size = 0; size < good.length; size++) expect(run(0, good.subarray(0, size))).toBe(12);
  expect(run(0, Uint8Array.from([...good, 0]))).toBe(12);
  const broken = (at: number, value: number) => run(0, good.with(at, value));
  expect(broken(0, 2)).toBe(12);
  expect(broken(1, 2)).toBe(12);
  expect(broken(3, 255)).toBe(12);
  const text = good.indexOf(('ß'.codePointAt(0)! >> 6) | 0xc0);
  expect(broken(text, 0xc0)).toBe(12);
  expect(broken(text + 1, 0x20)).toBe(12);
  const keys = [...good].findIndex((_, index) => good[index] === 2 && good[index + 1] === 0 && good[index + 4] === 1);
  expect(broken(keys + 4, 2)).toBe(12);
  const address = person('x').bytes;
  const plain = encodeArgs(result.abi, fixed, [false, 'A', at('x'), -1]);
  expect(run(1, plain)).toBe(0);
  expect(run(1, plain.with(3, address[0]! ^ 1))).toBe(12);
  // A relay was written by a contract: its addresses are not asked for a checksum.
  expect(run(1, plain.with(3, address[0]! ^ 1), 1)).toBe(0);
  expect(run(1, plain.subarray(1))).toBe(12);
  expect(run(9, plain)).toBe(16);
});

test('any bytes as arguments end in success or fault 12', () => {
  const result = compile(ARGS, { guard: true });
  if (!result.ok) throw new Error('does not compile');
  const runtime = new FakeRuntime(result.wasm);
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 2 }),
      (noise, edits) => {
        const good = encodeValue(result.abi, 'array<T.S>', [{ b: true, s: 'é€😀', m: [[1, 'B']] }]);
        const args = Uint8Array.from([1, 1, 0, ...good, 1, 0, 65, 0, 0, 0, 0]);
        for (const [index, value] of edits) args[index % args.length] = value;
        for (const bytes of [noise, args]) {
          const { fault } = runtime.run({ op: 0, scope: 'global', key: new Uint8Array(0), args: bytes });
          expect([0, 12]).toContain(fault);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test('UTF-8 is accepted exactly where a strict decoder accepts it', () => {
  const result = compile('contract T { function f(string s) export { } }', { guard: true });
  if (!result.ok) throw new Error('does not compile');
  const runtime = new FakeRuntime(result.wasm);
  const accepted = (bytes: Uint8Array) => {
    const args = Uint8Array.from([bytes.length, 0, ...bytes]);
    return runtime.run({ op: 0, scope: 'global', key: new Uint8Array(0), args }).fault === 0;
  };
  const strict = (bytes: Uint8Array) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second++) {
      for (const tail of [[], [0x80], [0xbf, 0x80]]) {
        const bytes = Uint8Array.of(first, second, ...tail);
        if (accepted(bytes) !== strict(bytes)) throw new Error(`differs for ${bytes}`);
      }
    }
  }
});

test('a function whose frame is too large is refused', () => {
  const many = Array.from({ length: 1100 }, (_, index) => `uint64 v${index} = ${index}u64;`).join('\n');
  const result = compile(`contract T { function f() export { ${many} } }`);
  expect(result.ok ? [] : result.diagnostics.map((item) => item.code)).toEqual([2005]);
});

test('the amount of the log record is the first unsigned integer', () => {
  const story = contract(`
    @address function a(string s, int64 n, uint8 x, uint128 y) export { }
    @address function b(string s) export { }`);
  story.call('a', me, ['x', -1, 200, 7]);
  expect(story.amounts).toEqual([200n]);
  story.call('b', me, ['x']);
  expect(story.amounts).toEqual([undefined]);
});
