// A contract on a toy network of a few partitions: calls by name, relays delivered first in, first out. For tests only.
import { decodeState, decodeValue, encodeArgs, type Json } from '../abi-values.ts';
import { formatAddress, parseAddress, toBase32 } from '../address.ts';
import { type Abi, type AbiFunction, compile, findFunction, renderDiagnostic } from '../index.ts';
import { SCOPE_CODE } from '../rt.ts';
import type { Scope } from '../types.ts';
import { FakeRuntime, type Invocation, type Outcome, type Relay, type StoryRuntime } from './fake-runtime.ts';

const SCOPE_OF = new Map<number, Scope>(Object.entries(SCOPE_CODE).map(([scope, code]) => [code, scope as Scope]));

export type Step = { readonly fn: string; readonly outcome: Outcome };

export class Story {
  readonly abi: Abi;
  readonly runtime: StoryRuntime;
  readonly #queue: Invocation[] = [];
  readonly #deferred: Invocation[] = [];
  /** Every invocation since the last `call`, the call first. */
  steps: Step[] = [];

  constructor(source: string, start: (wasm: Uint8Array) => StoryRuntime = (wasm) => new FakeRuntime(wasm)) {
    const result = compile(source, { guard: true });
    if (!result.ok) throw new Error(result.diagnostics.map(renderDiagnostic).join('\n'));
    this.abi = result.abi;
    this.runtime = start(result.wasm);
  }

  deploy(args: Json): Json {
    const op = this.abi.onDeploy;
    const fn = this.abi.functions.find((item) => item.op === op)!;
    return this.#start(fn, new Uint8Array(0), args, new Uint8Array(36));
  }

  /** Runs a function and everything it relays. Answers its return value; a fault throws. */
  call(name: string, key: string | number | undefined, args: Json = [], initiator?: string): Json {
    const fn = findFunction(this.abi, name, Array.isArray(args) ? args.length : Object.keys(args as object));
    if (!fn) throw new Error(`no function ${name}`);
    const bytes = keyBytes(fn.scope, key);
    return this.#start(fn, bytes, args, initiator ? person(initiator).bytes : bytes);
  }

  /** The exception id of a call, 0 when it succeeds. Relays of a success are delivered. */
  fault(name: string, key: string | number | undefined, args: Json = []): number {
    try {
      this.call(name, key, args);
      return 0;
    } catch (error) {
      if (error instanceof StoryFault) return error.id;
      throw error;
    }
  }

  /** Starts the next block: what was put off runs. */
  nextBlock(): void {
    this.runtime.world.height++;
    this.#queue.push(...this.#deferred.splice(0));
    this.steps = [];
    this.#drain();
  }

  /** A field of an instance, null when there is no instance. */
  state(scope: Scope, key: string | number | undefined, name: string): Json {
    const payload = this.runtime.instance(scope, keyBytes(scope, key), scope === 'shard' ? Number(key) : 0);
    return payload ? decodeState(this.abi, scope, payload)[name]! : null;
  }

  /** The amounts of the log records since the last call. */
  get amounts(): (bigint | undefined)[] {
    return this.steps.map(({ outcome }) => outcome.amount);
  }

  #start(fn: AbiFunction, key: Uint8Array, args: Json, initiator: Uint8Array): Json {
    this.steps = [];
    const outcome = this.#run({
      op: fn.op,
      scope: fn.scope,
      key,
      args: encodeArgs(this.abi, fn, args),
      initiator,
      partition: this.runtime.partitionOf(fn.scope, key),
    });
    if (outcome.fault) throw new StoryFault(fn.name, outcome.fault);
    this.#drain();
    return outcome.returned ? decodeValue(this.abi, fn.returns, outcome.returned) : null;
  }

  #run(invocation: Invocation): Outcome {
    const outcome = this.runtime.run(invocation);
    const fn = this.abi.functions.find((item) => item.op === invocation.op);
    this.steps.push({ fn: fn?.name ?? `#${invocation.op}`, outcome });
    for (const relay of outcome.relays) this.#deliver(relay, invocation);
    return outcome;
  }

  #deliver(relay: Relay, from: Invocation): void {
    const scope = SCOPE_OF.get(relay.scope)!;
    const base = { op: relay.op, scope, key: relay.key, args: relay.args, kind: 1, initiator: from.initiator! };
    if (relay.kind === 4) {
      this.#deferred.push({ ...base, partition: from.partition! });
    } else if (relay.kind === 2 && relay.partition === undefined) {
      const count = 1 << this.runtime.world.partitionOrder;
      for (let partition = 0; partition < count; partition++) this.#queue.push({ ...base, partition });
    } else {
      this.#queue.push({ ...base, partition: relay.partition ?? this.runtime.partitionOf(scope, relay.key) });
    }
  }

  #drain(): void {
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#run(next);
  }
}

export class StoryFault extends Error {
  readonly id: number;
  constructor(fn: string, id: number) {
    super(`${fn} ended with exception ${id}`);
    this.id = id;
  }
}

/** The address of a named person: the checksum is found by asking the parser. */
export function person(name: string): { readonly bytes: Uint8Array; readonly text: string } {
  const known = people.get(name);
  if (known) return known;
  const bytes = new Uint8Array(36);
  new TextEncoder().encodeInto(name, bytes);
  let crc = 3;
  for (const byte of bytes.subarray(0, 32)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0x82f63b78 & -(crc & 1));
  }
  new DataView(bytes.buffer).setUint32(32, ((crc & 0xfffffff0) | 3) >>> 0, true);
  const text = formatAddress(bytes)!;
  if (!parseAddress(text)) throw new Error(`${toBase32(bytes)} is no address`);
  people.set(name, { bytes, text });
  return { bytes, text };
}
const people = new Map<string, { readonly bytes: Uint8Array; readonly text: string }>();

function keyBytes(scope: Scope, key: string | number | undefined): Uint8Array {
  if (scope === 'address') return person(String(key)).bytes;
  if (scope === 'global' || scope === 'shard') return new Uint8Array(0);
  const size = { uint32: 4, uint64: 8, uint128: 16, uint256: 32, uint512: 64 }[scope];
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, Number(key), true);
  return bytes;
}
