// Runs records in batches: copies them in, enters WebAssembly once per batch and once per fault, hands out what was written.

import type { Runtime } from '@rexnet/preda/runtime.ts';
import { concatBytes, viewOf } from '../core/bytes.ts';
import type { Contracts } from './contracts.ts';
import { type Linear, Region } from './linear.ts';
import { type CallResult, type Route, type RunResult, type Stop, VmInternalFault } from './types.ts';

/** Records are copied in piece by piece, so that what is read next is still in the cache. Longer than any record. */
const INPUT_BYTES = 256 * 1024;
const MIN_OUTPUT_BYTES = 2 * 1024 * 1024;
const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;
const RECEIPT_BYTES = 184;
const MIN_RECORD_BYTES = 200;
const ROUTE_BYTES = 8;
const RECORD = { gas: 16, contract: 8, kind: 4, partition: 184 } as const;
const KIND_DEFERRED = 2;
/** What `run` answers when the host must act before it goes on. */
const FLUSH = 4;
const INSTANTIATE = 5;
const MORE = 6;
const STOPS: readonly Stop[] = ['end', 'gas', 'room', 'invalid'];
const END = 0;
/** Fault codes from here on are statuses that are no exception. */
const FAULT_STATUS = 100;

export class Batches {
  readonly #runtime: Runtime;
  readonly #linear: Linear;
  readonly #contracts: Contracts;
  readonly #ownerOf: (partition: number) => number;
  readonly #input: Region;
  readonly #output: Region;
  readonly #receipts: Region;
  readonly #routes: Region;
  #spilled: Uint8Array[] = [];

  constructor(runtime: Runtime, linear: Linear, contracts: Contracts, ownerOf: (partition: number) => number) {
    this.#runtime = runtime;
    this.#linear = linear;
    this.#contracts = contracts;
    this.#ownerOf = ownerOf;
    this.#input = new Region(runtime);
    this.#output = new Region(runtime);
    this.#receipts = new Region(runtime);
    this.#routes = new Region(runtime);
  }

  run(records: Uint8Array): RunResult {
    const rt = this.#runtime;
    this.#prepare(records.length);
    let done = 0;
    let at = 0;
    for (;;) {
      this.#load(records.subarray(at, at + INPUT_BYTES));
      const answer = this.#drive();
      const ran = (rt.cursor.value >>> 0) - this.#input.at;
      done += rt.done.value;
      at += ran;
      const more = at < records.length && (answer === MORE || answer === END);
      if (!more) return this.#result(done, at, STOPS[answer]!);
      if (ran === 0) throw new VmInternalFault('a record is cut off or beyond every bound');
    }
  }

  /** Runs one record read-only and takes it back. */
  call(record: Uint8Array, gasCap: bigint): CallResult {
    const rt = this.#runtime;
    this.#prepare(record.length);
    this.#load(record);
    this.#linear.view.setBigUint64(this.#input.at + RECORD.gas, gasCap, true);
    try {
      const fault = this.#attempt(() => {
        while (rt.call() === INSTANTIATE) this.#instantiate();
      });
      const left = rt.fuel.value;
      const isStatus = fault >= FAULT_STATUS;
      const at = rt.returned.value >>> 0;
      return {
        status: isStatus ? fault - FAULT_STATUS : statusOf(fault),
        exception: isStatus ? 0 : fault,
        gas: left < 0n ? gasCap : gasCap - left,
        ret: fault === 0 ? bytesAt(this.#linear, at, rt.returnedBytes.value) : new Uint8Array(0),
      };
    } finally {
      rt.finish_call();
    }
  }

  /** Buffers for what an input of this size writes; all growth happens here, so that views of the result stay valid. */
  #prepare(inputBytes: number): void {
    const rt = this.#runtime;
    this.#spilled = [];
    this.#input.ensure(INPUT_BYTES);
    this.#receipts.ensure(Math.ceil(inputBytes / MIN_RECORD_BYTES) * RECEIPT_BYTES);
    this.#output.ensure(Math.min(MAX_OUTPUT_BYTES, Math.max(MIN_OUTPUT_BYTES, 2 * inputBytes)));
    this.#routes.ensure(this.#output.size * 2);
    rt.set_receipts(this.#receipts.at);
    rt.set_output(this.#output.at, this.#output.end);
  }

  #load(records: Uint8Array): void {
    this.#linear.bytes.set(records, this.#input.at);
    this.#runtime.set_input(this.#input.at, this.#input.at + records.length);
  }

  /** Runs what is loaded until the chain, or more input, is needed. */
  #drive(): number {
    const rt = this.#runtime;
    let answer = 0;
    for (;;) {
      const fault = this.#attempt(() => {
        answer = rt.run();
      });
      if (fault !== 0) answer = rt.settle();
      if (answer === INSTANTIATE) this.#instantiate();
      else if (answer === FLUSH) this.#spill();
      else if (fault === 0 || answer !== 0) return answer;
    }
  }

  /** Answers the code a contract fault left, 0 = none. Anything else that is thrown is a defect. */
  #attempt(act: () => void): number {
    try {
      act();
      return 0;
    } catch (error) {
      const fault = this.#runtime.code.value;
      if (error instanceof WebAssembly.RuntimeError && fault !== 0) return fault;
      throw new VmInternalFault('the virtual machine failed', { cause: error });
    }
  }

  #instantiate(): void {
    const at = (this.#runtime.cursor.value >>> 0) + RECORD.contract;
    this.#contracts.instantiate(Number(this.#linear.view.getBigUint64(at, true)));
  }

  /** Copies relays out and begins the buffer anew. */
  #spill(): void {
    this.#spilled.push(this.#linear.slice(this.#output.at, this.#runtime.out.value));
    this.#runtime.set_output(this.#output.at, this.#output.end);
  }

  #result(done: number, bytes: number, stop: Stop): RunResult {
    const rt = this.#runtime;
    const memory = this.#linear.bytes;
    const receipts = memory.subarray(this.#receipts.at, rt.receiptOut.value >>> 0);
    const outEnd = rt.out.value >>> 0;
    const last = memory.subarray(this.#output.at, outEnd);
    if (this.#spilled.length === 0) {
      return { done, bytes, stop, receipts, relays: last, routes: () => this.#route(outEnd) };
    }
    const relays = concatBytes([...this.#spilled, last]);
    return { done, bytes, stop, receipts, relays, routes: () => routeSlowly(relays, this.#ownerOf) };
  }

  #route(end: number): Route[] {
    const from = this.#output.at;
    const to = this.#routes.at;
    const count = this.#runtime.route(from, end, to);
    const { bytes, view } = this.#linear;
    const routes: Route[] = [];
    let at = to;
    for (let i = 0; i < count; i++) {
      const entry = to + (end - from) + i * ROUTE_BYTES;
      const size = view.getUint32(entry + 4, true);
      routes.push({ group: view.getUint32(entry, true), records: bytes.subarray(at, at + size) });
      at += size;
    }
    return routes;
  }
}

function bytesAt(linear: Linear, at: number, size: number): Uint8Array {
  return linear.slice(at, at + size);
}

function statusOf(exception: number): number {
  return exception === 0 ? 0 : exception === 21 ? 5 : exception === 30 ? 4 : 6;
}

/** For output that did not fit the buffer at once. */
function routeSlowly(relays: Uint8Array, ownerOf: (partition: number) => number): Route[] {
  const view = viewOf(relays);
  const parts = new Map<number, Uint8Array[]>();
  for (let at = 0; at < relays.length; ) {
    const size = view.getUint32(at, true);
    if (relays[at + RECORD.kind] !== KIND_DEFERRED) {
      const group = ownerOf(view.getUint32(at + RECORD.partition, true));
      const records = parts.get(group) ?? [];
      if (records.length === 0) parts.set(group, records);
      records.push(relays.subarray(at, at + size));
    }
    at += size;
  }
  return [...parts].sort(([a], [b]) => a - b).map(([group, records]) => ({ group, records: concatBytes(records) }));
}
