// Routines on arrays and maps: growth, lookup, insertion, removal. They move cells and know no element types.

import type { FunctionBuilder } from './builder.ts';
import { compareBytes, markChanged } from './bytes-routines.ts';
import { GAS } from './gas.ts';
import { add32, type Callee, type Expr, get, i32, i64, load, not, op, select } from './ir.ts';
import { ENTRY, entryBytes, keyBytes, MAP, SEQUENCE } from './layout.ts';
import type { ModuleBuilder } from './module-builder.ts';
import { FAULT, MAX_HEAP_BYTES } from './rt.ts';
import type { TypeOf } from './types.ts';

const MIN_CAPACITY = 4;

const scaled = (count: Expr, stride: number): Expr => (stride === 1 ? count : op('i32.mul', count, i32(stride)));

/** (array, count): room for `count` elements of `stride` bytes; doubles, so pushing stays linear. */
const reserve = (m: ModuleBuilder, stride: number): Callee =>
  m.routine(`array.reserve${stride}`, ['i32', 'i32'], [], (f) => {
    const [array, count] = [f.param(0), f.param(1)];
    const capacity = f.hold(load('i32.load', array, SEQUENCE.capacity));
    f.when(op('i32.le_u', count, capacity), () => f.return());
    f.faultIf(op('i32.gt_u', count, i32(MAX_HEAP_BYTES / stride)), FAULT.memory);
    const doubled = f.hold(op('i32.shl', capacity, i32(1)));
    const wanted = f.hold(select(op('i32.gt_u', count, doubled), count, doubled));
    const grown = f.hold(select(op('i32.gt_u', wanted, i32(MIN_CAPACITY)), wanted, i32(MIN_CAPACITY)));
    const data = f.alloc(scaled(grown, stride));
    const used = f.hold(scaled(load('i32.load', array, SEQUENCE.length), stride));
    f.burn(used);
    f.copy(data, load('i32.load', array, SEQUENCE.data), used);
    f.store('i32.store', array, SEQUENCE.data, data);
    f.store('i32.store', array, SEQUENCE.capacity, grown);
  });

/** (array) → address of a new last element, contents undefined. */
export const pushCell = (m: ModuleBuilder, stride: number): Callee =>
  m.routine(`array.push${stride}`, ['i32'], ['i32'], (f) => {
    const array = f.param(0);
    const length = f.hold(load('i32.load', array, SEQUENCE.length));
    f.call(reserve(m, stride), array, add32(length, 1));
    f.store('i32.store', array, SEQUENCE.length, add32(length, 1));
    markChanged(f, array);
    f.return(op('i32.add', load('i32.load', array, SEQUENCE.data), scaled(length, stride)));
  });

/** (array, count): new elements are zero, that is default. */
export const setLength = (m: ModuleBuilder, stride: number): Callee =>
  m.routine(`array.set_length${stride}`, ['i32', 'i32'], [], (f) => {
    const [array, count] = [f.param(0), f.param(1)];
    const length = f.hold(load('i32.load', array, SEQUENCE.length));
    f.if(op('i32.gt_u', count, length), () => {
      const added = op('i32.sub', count, length);
      f.burn(op('i64.mul', op('i64.extend_i32_u', added), i64(BigInt(stride))));
      f.call(reserve(m, stride), array, count);
      f.fill(op('i32.add', load('i32.load', array, SEQUENCE.data), scaled(length, stride)), scaled(added, stride));
    });
    f.store('i32.store', array, SEQUENCE.length, count);
    markChanged(f, array);
  });

export const popElement = (m: ModuleBuilder): Callee =>
  m.routine('array.pop', ['i32'], [], (f) => {
    const array = f.param(0);
    const length = f.hold(load('i32.load', array, SEQUENCE.length));
    f.faultIf(not(length), FAULT.popEmptyArray);
    f.store('i32.store', array, SEQUENCE.length, add32(length, -1));
    markChanged(f, array);
  });

const tableSlot = (map: Expr, index: Expr): Expr =>
  op('i32.add', load('i32.load', map, MAP.table), op('i32.shl', index, i32(2)));

/** (map, key) → (position, found): where the key is or would be. */
const find = (m: ModuleBuilder, size: number): Callee =>
  m.routine(`map.find${size}`, ['i32', 'i32'], ['i32', 'i32'], (f) => {
    const [map, key] = [f.param(0), f.param(1)];
    const [low, high] = [f.temp('i32'), f.temp('i32')];
    f.set(low, i32(0));
    f.set(high, load('i32.load', map, MAP.count));
    f.burn(op('i32.mul', op('i32.sub', i32(32), op('i32.clz', get(high))), i32(GAS.mapAccess)));
    f.block((end) => {
      f.loop((head) => {
        f.jump(end, op('i32.ge_u', get(low), get(high)));
        const middle = f.hold(op('i32.shr_u', op('i32.add', get(low), get(high)), i32(1)));
        const entry = load('i32.load', tableSlot(map, middle));
        const order = f.call1(compareBytes(m), add32(entry, ENTRY.key), key, i32(size));
        f.when(not(order), () => f.return(middle, i32(1)));
        const before = op('i32.lt_s', order, i32(0));
        f.set(low, select(before, add32(middle, 1), get(low)));
        f.set(high, select(before, get(high), middle));
        f.jump(head);
      });
    });
    f.return(get(low), i32(0));
  });

/** (map, key) → entry or 0. */
export const mapGet = (m: ModuleBuilder, type: TypeOf<'map'>): Callee => {
  const size = keyBytes(type);
  return m.routine(`map.get${size}`, ['i32', 'i32'], ['i32'], (f) => {
    const [at, found] = f.call(find(m, size), f.param(0), f.param(1)) as [Expr, Expr];
    f.when(not(found), () => f.return(i32(0)));
    f.return(load('i32.load', tableSlot(f.param(0), at)));
  });
};

/** (map, key) → (entry, fresh): the entry is inserted with a zero value when missing. */
export const mapPut = (m: ModuleBuilder, type: TypeOf<'map'>): Callee => {
  const [size, bytes] = [keyBytes(type), entryBytes(type)];
  return m.routine(`map.put${size}.${bytes}`, ['i32', 'i32'], ['i32', 'i32'], (f) => {
    const [map, key] = [f.param(0), f.param(1)];
    const [at, found] = f.call(find(m, size), map, key) as [Expr, Expr];
    f.when(found, () => f.return(load('i32.load', tableSlot(map, at)), i32(0)));
    const entry = f.alloc(bytes);
    f.copy(add32(entry, ENTRY.key), key, i32(size));
    f.call(insertAt(m), map, at, entry);
    f.return(entry, i32(1));
  });
};

/** (map, position, entry) */
const insertAt = (m: ModuleBuilder): Callee =>
  m.routine('map.insert', ['i32', 'i32', 'i32'], [], (f) => {
    const [map, at, entry] = [f.param(0), f.param(1), f.param(2)];
    const count = f.hold(load('i32.load', map, MAP.count));
    f.if(op('i32.ge_u', count, load('i32.load', map, MAP.capacity)), () => {
      const doubled = f.hold(op('i32.shl', count, i32(1)));
      const capacity = f.hold(select(doubled, doubled, i32(MIN_CAPACITY)));
      const table = f.alloc(op('i32.shl', capacity, i32(2)));
      f.burn(count);
      f.copy(table, load('i32.load', map, MAP.table), op('i32.shl', count, i32(2)));
      f.store('i32.store', map, MAP.table, table);
      f.store('i32.store', map, MAP.capacity, capacity);
    });
    moveTail(f, map, add32(at, 1), at, op('i32.sub', count, at));
    f.store('i32.store', tableSlot(map, at), 0, entry);
    f.store('i32.store', map, MAP.count, add32(count, 1));
  });

function moveTail(f: FunctionBuilder, map: Expr, to: Expr, from: Expr, count: Expr): void {
  const moved = f.hold(count);
  f.burn(op('i32.shr_u', moved, i32(1)));
  f.copy(tableSlot(map, to), tableSlot(map, from), op('i32.shl', moved, i32(2)));
}

/** (map, key): no effect when absent. */
export const mapErase = (m: ModuleBuilder, type: TypeOf<'map'>): Callee => {
  const size = keyBytes(type);
  return m.routine(`map.erase${size}`, ['i32', 'i32'], [], (f) => {
    const map = f.param(0);
    const [at, found] = f.call(find(m, size), map, f.param(1)) as [Expr, Expr];
    f.when(not(found), () => f.return());
    const last = f.hold(add32(load('i32.load', map, MAP.count), -1));
    moveTail(f, map, at, add32(at, 1), op('i32.sub', last, at));
    f.store('i32.store', map, MAP.count, last);
    markChanged(f, map);
  });
};
