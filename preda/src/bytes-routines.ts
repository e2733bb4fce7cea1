// Routines on byte runs and strings: order, equality, UTF-8, append. Each is written into a module once, on first use.
import type { FunctionBuilder } from './builder.ts';
import { add32, type Callee, type Expr, get, i32, i64, load, not, op, select } from './ir.ts';
import { HOME, SEQUENCE } from './layout.ts';
import type { ModuleBuilder } from './module-builder.ts';
import { FAULT } from './rt.ts';

const MAX_STRING_BYTES = 65_535;

/** (a, b, size) → -1, 0, 1 by bytes. */
export const compareBytes = (m: ModuleBuilder): Callee =>
  m.routine('bytes.compare', ['i32', 'i32', 'i32'], ['i32'], (f) => {
    const [a, b, size] = [f.param(0), f.param(1), f.param(2)];
    const at = f.temp('i32');
    f.set(at, i32(0));
    f.block((differ) => {
      // Eight at a time while they are equal, then the bytes one by one.
      f.loop((head) => {
        f.jump(differ, op('i32.gt_u', add32(get(at), 8), size));
        f.jump(
          differ,
          op('i64.ne', load('i64.load', op('i32.add', a, get(at))), load('i64.load', op('i32.add', b, get(at)))),
        );
        f.set(at, add32(get(at), 8));
        f.jump(head);
      });
    });
    f.block((end) => {
      f.loop((head) => {
        f.jump(end, op('i32.ge_u', get(at), size));
        const x = f.hold(load('i32.load8_u', op('i32.add', a, get(at))));
        const y = f.hold(load('i32.load8_u', op('i32.add', b, get(at))));
        f.when(op('i32.ne', x, y), () => f.return(select(op('i32.lt_u', x, y), i32(-1), i32(1))));
        f.set(at, add32(get(at), 1));
        f.jump(head);
      });
    });
    f.return(i32(0));
  });

/** Whether two runs of a known size are equal. */
export function equalBytes(f: FunctionBuilder, a: Expr, b: Expr, size: number): Expr {
  const [x, y] = [f.atom(a), f.atom(b)];
  let bits: Expr | undefined;
  for (let at = 0; at < size; at += 8) {
    const wide = size - at >= 8;
    const part = (base: Expr) => load(wide ? 'i64.load' : 'i64.load32_u', base, at);
    const differs = op('i64.xor', part(x), part(y));
    bits = bits ? op('i64.or', bits, differs) : differs;
  }
  return op('i64.eqz', bits ?? i64(0n));
}

const lengthOf = (string: Expr): Expr => load('i32.load', string, SEQUENCE.length);
const dataOf = (string: Expr): Expr => load('i32.load', string, SEQUENCE.data);

/** (a, b) → -1, 0, 1 by bytes, the shorter first when one begins the other. */
export const compareStrings = (m: ModuleBuilder): Callee =>
  m.routine('string.compare', ['i32', 'i32'], ['i32'], (f) => {
    const [a, b] = [f.param(0), f.param(1)];
    const [x, y] = [f.hold(lengthOf(a)), f.hold(lengthOf(b))];
    const shorter = f.hold(select(op('i32.lt_u', x, y), x, y));
    f.burn(shorter);
    const order = f.call1(compareBytes(m), dataOf(a), dataOf(b), shorter);
    f.when(order, () => f.return(order));
    f.return(op('i32.sub', op('i32.gt_u', x, y), op('i32.lt_u', x, y)));
  });

export const equalStrings = (m: ModuleBuilder): Callee =>
  m.routine('string.equal', ['i32', 'i32'], ['i32'], (f) => {
    const [a, b] = [f.param(0), f.param(1)];
    f.when(op('i32.ne', lengthOf(a), lengthOf(b)), () => f.return(i32(0)));
    f.burn(lengthOf(a));
    f.return(not(f.call1(compareBytes(m), dataOf(a), dataOf(b), lengthOf(a))));
  });

/** (data, size) → a fresh string that borrows the bytes. */
export const borrowString = (m: ModuleBuilder): Callee =>
  m.routine('string.borrow', ['i32', 'i32'], ['i32'], (f) => {
    const string = f.alloc(SEQUENCE.bytes);
    f.store('i32.store', string, SEQUENCE.data, f.param(0));
    f.store('i32.store', string, SEQUENCE.length, f.param(1));
    f.return(string);
  });

/** (object) marks the state it was read from, if any, as changed. */
export function markChanged(f: FunctionBuilder, object: Expr): void {
  const home = f.hold(load('i32.load', object, HOME));
  f.when(home, () => f.store('i32.store', home, 0, i32(1)));
}

/** (to, from): `to` takes the bytes of `from`; a run of bytes is never changed, so it is shared. */
export const setString = (m: ModuleBuilder): Callee =>
  m.routine('string.set', ['i32', 'i32'], [], (f) => {
    const [to, from] = [f.param(0), f.param(1)];
    const size = f.hold(lengthOf(from));
    f.when(op('i32.gt_u', size, lengthOf(to)), () => f.burn(op('i32.sub', size, lengthOf(to))));
    f.store('i32.store', to, SEQUENCE.data, dataOf(from));
    f.store('i32.store', to, SEQUENCE.length, size);
    f.store('i32.store', to, SEQUENCE.capacity, i32(0));
    markChanged(f, to);
  });

/** (to, from): grows in place while it owns room behind its bytes. */
export const appendString = (m: ModuleBuilder): Callee =>
  m.routine('string.append', ['i32', 'i32'], [], (f) => {
    const [to, from] = [f.param(0), f.param(1)];
    const [size, extra] = [f.hold(lengthOf(to)), f.hold(lengthOf(from))];
    const total = f.hold(op('i32.add', size, extra));
    f.faultIf(op('i32.gt_u', total, i32(MAX_STRING_BYTES)), FAULT.stringLength);
    f.burn(extra);
    f.if(op('i32.gt_u', total, load('i32.load', to, SEQUENCE.capacity)), () => {
      const capacity = f.hold(op('i32.shl', total, i32(1)));
      const data = f.alloc(capacity);
      f.burn(size);
      f.copy(data, dataOf(to), size);
      f.store('i32.store', to, SEQUENCE.data, data);
      f.store('i32.store', to, SEQUENCE.capacity, capacity);
    });
    f.copy(op('i32.add', dataOf(to), size), dataOf(from), extra);
    f.store('i32.store', to, SEQUENCE.length, total);
    markChanged(f, to);
  });

/** (data, size): fault 12 unless it is UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
export const requireUtf8 = (m: ModuleBuilder): Callee =>
  m.routine('utf8.require', ['i32', 'i32'], [], (f) => {
    const at = f.temp('i32');
    const end = f.hold(op('i32.add', f.param(0), f.param(1)));
    f.set(at, f.param(0));
    f.block((done) => {
      f.loop((head) => {
        f.jump(done, op('i32.ge_u', get(at), end));
        const first = f.hold(load('i32.load8_u', get(at)));
        f.set(at, add32(get(at), 1));
        f.jump(head, op('i32.lt_u', first, i32(0x80)));
        utf8Tail(f, get(at), end, first, (next) => f.set(at, next));
        f.jump(head);
      });
    });
  });

/** The bytes behind a first byte of 0x80 or more: their number, and the bounds of the second (RFC 3629 section 4). */
function utf8Tail(f: FunctionBuilder, at: Expr, end: Expr, first: Expr, advance: (next: Expr) => void): void {
  f.faultIf(op('i32.gt_u', op('i32.sub', first, i32(0xc2)), i32(0xf4 - 0xc2)), FAULT.deserialization);
  const count = f.hold(
    op('i32.add', i32(1), op('i32.add', op('i32.ge_u', first, i32(0xe0)), op('i32.ge_u', first, i32(0xf0)))),
  );
  f.faultIf(op('i32.gt_u', count, op('i32.sub', end, at)), FAULT.deserialization);
  const second = f.hold(load('i32.load8_u', at));
  const is = (value: number) => op('i32.eq', first, i32(value));
  const low = select(is(0xe0), i32(0xa0), select(is(0xf0), i32(0x90), i32(0x80)));
  const high = select(is(0xed), i32(0x9f), select(is(0xf4), i32(0x8f), i32(0xbf)));
  f.faultIf(op('i32.or', op('i32.lt_u', second, low), op('i32.gt_u', second, high)), FAULT.deserialization);
  for (const index of [1, 2]) {
    f.when(op('i32.gt_u', count, i32(index)), () => {
      const byte = load('i32.load8_u', at, index);
      f.faultIf(op('i32.ne', op('i32.and', byte, i32(0xc0)), i32(0x80)), FAULT.deserialization);
    });
  }
  advance(op('i32.add', at, count));
}
