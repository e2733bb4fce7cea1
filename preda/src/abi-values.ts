// JSON values to encoded arguments and encoded bytes to JSON values, by the ABI alone. Every refusal names the path of the culprit.
import type { Abi, AbiFunction, AbiType } from './abi.ts';
import { formatAddress, parseAddress } from './address.ts';

/** Integers come as numbers or decimal strings and leave as strings above 32 bits; hashes are hex; addresses text or hex. */
export type Json = null | boolean | number | string | bigint | readonly Json[] | { readonly [key: string]: Json };

export class AbiValueError extends Error {
  readonly code = 'ABI_VALUE';
  /** Such as `list[2].who`. */
  readonly path: string;
  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.path = path;
  }
}

const MAX_STRING_BYTES = 65_535;
const HASH_BYTES = 32;
const ADDRESS_BYTES = 36;

/** `args` in order, or by parameter name. */
export function encodeArgs(abi: Abi, fn: AbiFunction, args: Json): Uint8Array {
  const out: Uint8Array[] = [];
  const values = argumentList(fn, args);
  for (const [index, param] of fn.params.entries()) encode(abi, param.type, values[index]!, param.name, out);
  return join(out);
}

function argumentList(fn: AbiFunction, args: Json): readonly Json[] {
  if (isList(args)) {
    if (args.length !== fn.params.length) {
      throw new AbiValueError(fn.name, `takes ${fn.params.length} arguments, got ${args.length}`);
    }
    return args;
  }
  return named(fn.name, fn.params, args);
}

export function encodeValue(abi: Abi, type: AbiType, value: Json): Uint8Array {
  const out: Uint8Array[] = [];
  encode(abi, type, value, 'value', out);
  return join(out);
}

/** The one value that the bytes are; anything left over is refused. */
export function decodeValue(abi: Abi, type: AbiType, bytes: Uint8Array): Json {
  const reader = new Reader(bytes);
  const value = decode(abi, type, reader, 'value');
  reader.end();
  return value;
}

/** The fields of a scope instance by name, from its payload; state-level maps are not in it. */
export function decodeState(abi: Abi, scope: string, payload: Uint8Array): { readonly [name: string]: Json } {
  const fields = abi.state.filter((field) => field.scope === scope && !field.type.startsWith('map<'));
  const head = fields.filter((field) => isFixed(abi, field.type));
  const ordered = [...head, ...fields.filter((field) => !head.includes(field))];
  const reader = new Reader(payload);
  const entries = ordered.map((field) => [field.name, decode(abi, field.type, reader, field.name)] as const);
  reader.end();
  return Object.fromEntries(entries);
}

function isFixed(abi: Abi, type: AbiType): boolean {
  const shape = shapeOf(abi, type, type);
  if (shape.kind === 'struct') return shape.fields.every((field) => isFixed(abi, field.type));
  return shape.kind !== 'string' && shape.kind !== 'array' && shape.kind !== 'map';
}

type Shape =
  | { readonly kind: 'void' | 'bool' | 'string' | 'hash' | 'address' }
  | { readonly kind: 'integer'; readonly signed: boolean; readonly bits: number }
  | { readonly kind: 'array'; readonly element: AbiType }
  | { readonly kind: 'map'; readonly key: AbiType; readonly value: AbiType }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'struct'; readonly fields: readonly { readonly name: string; readonly type: AbiType }[] };

function shapeOf(abi: Abi, type: AbiType, path: string): Shape {
  if (type === 'void' || type === 'bool' || type === 'string' || type === 'hash' || type === 'address') {
    return { kind: type };
  }
  const [, family, bits] = /^(u?int)(\d+)$/.exec(type) ?? [];
  if (bits !== undefined) return { kind: 'integer', signed: family === 'int', bits: Number(bits) };
  const [, container, inner] = /^(array|map)<(.*)>$/.exec(type) ?? [];
  if (container === 'array') return { kind: 'array', element: inner! };
  if (container === 'map') {
    // Key types contain no comma.
    const comma = inner!.indexOf(',');
    return { kind: 'map', key: inner!.slice(0, comma), value: inner!.slice(comma + 1) };
  }
  const struct = abi.structs.find((item) => item.name === type);
  if (struct) return { kind: 'struct', fields: struct.fields };
  const choice = abi.enums.find((item) => item.name === type);
  if (choice) return { kind: 'enum', values: choice.values };
  throw new AbiValueError(path, `unknown type ${type}`);
}

function encode(abi: Abi, type: AbiType, value: Json, path: string, out: Uint8Array[]): void {
  const shape = shapeOf(abi, type, path);
  switch (shape.kind) {
    case 'void':
      return;
    case 'bool':
      if (typeof value !== 'boolean') throw new AbiValueError(path, `expected true or false, got ${show(value)}`);
      out.push(little(value ? 1n : 0n, 1));
      return;
    case 'integer':
      out.push(little(integerFrom(value, shape, type, path), shape.bits / 8));
      return;
    case 'enum':
      out.push(little(BigInt(enumFrom(value, shape.values, path)), 2));
      return;
    case 'string':
      out.push(...stringFrom(value, path));
      return;
    case 'hash':
      out.push(hexFrom(value, HASH_BYTES, path, 'a hash (64 hex digits)'));
      return;
    case 'address':
      out.push(addressFrom(value, path));
      return;
    case 'array':
      if (!isList(value)) throw new AbiValueError(path, `expected a list, got ${show(value)}`);
      out.push(little(BigInt(value.length), 4));
      for (const [index, item] of value.entries()) encode(abi, shape.element, item, `${path}[${index}]`, out);
      return;
    case 'map':
      encodeMap(abi, shape, value, path, out);
      return;
    case 'struct':
      for (const [index, item] of named(path, shape.fields, value).entries()) {
        const field = shape.fields[index]!;
        encode(abi, field.type, item, `${path}.${field.name}`, out);
      }
  }
}

/** A list of [key, value]; written in the order of the key bytes. */
function encodeMap(abi: Abi, shape: Shape & { kind: 'map' }, value: Json, path: string, out: Uint8Array[]): void {
  if (!isList(value)) throw new AbiValueError(path, `expected a list of [key, value], got ${show(value)}`);
  const entries = value.map((pair, index) => {
    const at = `${path}[${index}]`;
    if (!isList(pair) || pair.length !== 2) throw new AbiValueError(at, `expected [key, value], got ${show(pair)}`);
    const [key, item]: Uint8Array[][] = [[], []];
    encode(abi, shape.key, pair[0]!, `${at}[0]`, key!);
    encode(abi, shape.value, pair[1]!, `${at}[1]`, item!);
    return { key: join(key!), item: join(item!) };
  });
  entries.sort((a, b) => Buffer.compare(a.key, b.key));
  const twin = entries.findIndex(({ key }, index) => index > 0 && Buffer.compare(key, entries[index - 1]!.key) === 0);
  if (twin > 0) throw new AbiValueError(path, 'the same key twice');
  out.push(little(BigInt(entries.length), 4), ...entries.flatMap(({ key, item }) => [key, item]));
}

function integerFrom(value: Json, shape: Shape & { kind: 'integer' }, type: AbiType, path: string): bigint {
  const isNumber = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
  if (!isNumber && !(typeof value === 'string' && /^-?\d+$/.test(value))) {
    throw new AbiValueError(path, `expected ${type}, got ${show(value)}`);
  }
  const exact = BigInt(value as string | number | bigint);
  const [low, high] = shape.signed
    ? [-(1n << BigInt(shape.bits - 1)), (1n << BigInt(shape.bits - 1)) - 1n]
    : [0n, (1n << BigInt(shape.bits)) - 1n];
  if (exact < low || exact > high) throw new AbiValueError(path, `${exact} is not in the range of ${type}`);
  return exact;
}

function enumFrom(value: Json, values: readonly string[], path: string): number {
  const index = typeof value === 'string' ? values.indexOf(value) : -1;
  if (index < 0) throw new AbiValueError(path, `expected one of ${values.join(', ')}, got ${show(value)}`);
  return index;
}

function stringFrom(value: Json, path: string): Uint8Array[] {
  if (typeof value !== 'string') throw new AbiValueError(path, `expected a string, got ${show(value)}`);
  if (!value.isWellFormed()) throw new AbiValueError(path, 'not well-formed Unicode');
  const utf8 = new TextEncoder().encode(value);
  if (utf8.length > MAX_STRING_BYTES) {
    throw new AbiValueError(path, `${utf8.length} bytes are more than ${MAX_STRING_BYTES}`);
  }
  return [little(BigInt(utf8.length), 2), utf8];
}

function hexFrom(value: Json, size: number, path: string, what: string): Uint8Array {
  if (typeof value !== 'string' || value.length !== 2 * size || !/^[0-9a-fA-F]*$/.test(value)) {
    throw new AbiValueError(path, `expected ${what}, got ${show(value)}`);
  }
  return Uint8Array.from(Buffer.from(value, 'hex'));
}

function addressFrom(value: Json, path: string): Uint8Array {
  const parsed = typeof value === 'string' ? parseAddress(value) : undefined;
  return parsed ?? hexFrom(value, ADDRESS_BYTES, path, 'an address');
}

type Named = { readonly name: string };
function named(path: string, fields: readonly Named[], value: Json): readonly Json[] {
  if (typeof value !== 'object' || value === null || isList(value)) {
    throw new AbiValueError(path, `expected an object with ${fields.map((field) => field.name).join(', ')}`);
  }
  const stranger = Object.keys(value).find((key) => !fields.some((field) => field.name === key));
  if (stranger !== undefined) throw new AbiValueError(path, `nothing here is called ${stranger}`);
  return fields.map(({ name }) => {
    const item = value[name];
    if (item === undefined) throw new AbiValueError(path, `${name} is missing`);
    return item;
  });
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(size: number, path: string): Uint8Array {
    if (size > this.left) throw new AbiValueError(path, 'the bytes end too early');
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  number(size: number, path: string): bigint {
    let value = 0n;
    for (const byte of this.take(size, path).toReversed()) value = (value << 8n) | BigInt(byte);
    return value;
  }

  end(): void {
    if (this.left > 0) throw new AbiValueError('value', `${this.left} bytes too many`);
  }
}

function decode(abi: Abi, type: AbiType, from: Reader, path: string): Json {
  const shape = shapeOf(abi, type, path);
  switch (shape.kind) {
    case 'void':
      return null;
    case 'bool': {
      const value = from.number(1, path);
      if (value > 1n) throw new AbiValueError(path, `${value} is no bool`);
      return value === 1n;
    }
    case 'integer': {
      const raw = from.number(shape.bits / 8, path);
      const value = shape.signed ? BigInt.asIntN(shape.bits, raw) : raw;
      return shape.bits <= 32 ? Number(value) : value.toString();
    }
    case 'enum': {
      const value = shape.values[Number(from.number(2, path))];
      if (value === undefined) throw new AbiValueError(path, 'no such enumerator');
      return value;
    }
    case 'string':
      return textOf(from.take(Number(from.number(2, path)), path), path);
    case 'hash':
      return Buffer.from(from.take(HASH_BYTES, path)).toString('hex');
    case 'address': {
      const bytes = from.take(ADDRESS_BYTES, path);
      return formatAddress(bytes) ?? Buffer.from(bytes).toString('hex');
    }
    case 'array':
      return repeat(from, path, (at) => decode(abi, shape.element, from, at));
    case 'map':
      return repeat(from, path, (at) => [decode(abi, shape.key, from, at), decode(abi, shape.value, from, at)]);
    case 'struct':
      return Object.fromEntries(
        shape.fields.map((field) => [field.name, decode(abi, field.type, from, `${path}.${field.name}`)]),
      );
  }
}

function repeat(from: Reader, path: string, item: (path: string) => Json): Json[] {
  const count = Number(from.number(4, path));
  // Every element takes at least one byte.
  if (count > from.left) throw new AbiValueError(path, `${count} elements do not fit the bytes`);
  return Array.from({ length: count }, (_, index) => item(`${path}[${index}]`));
}

function textOf(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AbiValueError(path, `not UTF-8 (${(cause as Error).message})`);
  }
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function little(value: bigint, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let rest = BigInt.asUintN(size * 8, value);
  for (let index = 0; index < size; index++, rest >>= 8n) out[index] = Number(rest & 255n);
  return out;
}

const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

function show(value: Json): string {
  const text =
    typeof value === 'bigint'
      ? String(value)
      : JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? String(item) : item));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
