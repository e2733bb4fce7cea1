// The queues of the partitions a group holds: relays that wait for their turn. What survives a block becomes cells of its
// partition; within a block nothing is written. It decides no order but first in, first out.
import { concatBytes, viewOf } from '../core/bytes.ts';
import { GLOBAL_PARTITION } from '../core/scopes.ts';
import type { VirtualMachine } from '../vm/types.ts';
import { LEDGER_SCOPE, ledgerCellId, sequenceKey } from './cell-entries.ts';
import { RECORD } from './relay.ts';

type CellStore = Pick<VirtualMachine, 'get' | 'put' | 'remove'>;

/** Where a record lies: chunk number · 2^32 + offset. Numbers, not objects: a block has tens of thousands. */
type Ref = number;
const CHUNK = 2 ** 32;

interface Chunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** One FIFO of one partition. Its first `stored` refs are cells with sequences from `first` on. */
class Lane {
  readonly scope: number;
  refs: Ref[] = [];
  head = 0;
  first = 0;
  stored = 0;
  /** Cells of records that ran in this block: [first − popped, first). */
  popped = 0;

  constructor(scope: number) {
    this.scope = scope;
  }

  get length(): number {
    return this.refs.length - this.head;
  }

  pop(): void {
    this.head++;
    if (this.stored > 0) {
      this.stored--;
      this.first++;
      this.popped++;
    }
  }
}

interface Queue {
  readonly partition: number;
  readonly deferred: Lane;
  readonly fifo: Lane;
  /** Deferred calls emitted in this block: they run in the next. */
  readonly next: Ref[];
  /** What the global partition sent to partitions of its own group: held back until the replica has caught up. */
  readonly held: Ref[];
}

const BOUNDS_ID = ledgerCellId(LEDGER_SCOPE.bounds, new Uint8Array(0));

export class Queues {
  readonly #queues: Queue[];
  readonly #slot = new Map<number, number>();
  readonly #cells: CellStore;
  #chunks: Chunk[] = [];
  #count = 0;

  /** `partitions` ascending, the global one (if held) last. */
  constructor(cells: CellStore, partitions: readonly number[]) {
    this.#cells = cells;
    this.#queues = partitions.map((partition, slot) => {
      this.#slot.set(partition, slot);
      return {
        partition,
        deferred: new Lane(LEDGER_SCOPE.deferred),
        fifo: new Lane(LEDGER_SCOPE.queue),
        next: [],
        held: [],
      };
    });
  }

  /** Records waiting, whatever block they may run in. */
  get count(): number {
    return this.#count;
  }

  holds(partition: number): boolean {
    return this.#slot.has(partition);
  }

  /** Forgets everything in memory and reads the cells. */
  load(): void {
    this.#chunks = [];
    this.#count = 0;
    const records: Uint8Array[] = [];
    for (const queue of this.#queues) {
      queue.next.length = 0;
      queue.held.length = 0;
      const bounds = this.#cells.get(queue.partition, BOUNDS_ID);
      const view = bounds === undefined ? undefined : viewOf(bounds);
      for (const [i, lane] of [queue.fifo, queue.deferred].entries()) {
        lane.refs = [];
        lane.head = 0;
        lane.popped = 0;
        lane.first = view === undefined ? 0 : Number(view.getBigUint64(i * 16, true));
        lane.stored = view === undefined ? 0 : Number(view.getBigUint64(i * 16 + 8, true)) - lane.first;
        for (let n = 0; n < lane.stored; n++) {
          const record = this.#cells.get(queue.partition, cellId(lane, lane.first + n));
          if (record === undefined) throw new Error(`queue ${queue.partition} lacks entry ${lane.first + n}`);
          lane.refs.push(records.length);
          records.push(record);
        }
      }
    }
    if (records.length === 0) return;
    const starts: number[] = [];
    let at = 0;
    for (const record of records) {
      starts.push(at);
      at += record.length;
    }
    this.addChunk(concatBytes(records));
    for (const { fifo, deferred } of this.#queues) {
      for (const lane of [fifo, deferred]) lane.refs = lane.refs.map((i) => starts[i]!);
    }
    this.#count = records.length;
  }

  /** Bytes that records are then pushed from; they must not change afterwards. */
  addChunk(bytes: Uint8Array): number {
    this.#chunks.push({ bytes, view: viewOf(bytes) });
    return this.#chunks.length - 1;
  }

  push(partition: number, chunk: number, offset: number): void {
    this.#at(partition).fifo.refs.push(chunk * CHUNK + offset);
    this.#count++;
  }

  pushDeferred(partition: number, chunk: number, offset: number): void {
    this.#at(partition).next.push(chunk * CHUNK + offset);
    this.#count++;
  }

  pushHeld(partition: number, chunk: number, offset: number): void {
    this.#at(partition).held.push(chunk * CHUNK + offset);
    this.#count++;
  }

  /** Slots in the order of a cycle: ascending from the partition after `served`, then from the lowest. */
  cycleStart(served: number): number {
    const next = this.#queues.findIndex((queue) => queue.partition > served);
    return Math.max(next, 0);
  }

  get slots(): number {
    return this.#queues.length;
  }

  partitionAt(slot: number): number {
    return this.#queues[slot]!.partition;
  }

  /** Whether the partition has something to run in this block. */
  isReady(slot: number): boolean {
    const queue = this.#queues[slot]!;
    return queue.fifo.head < queue.fifo.refs.length || queue.deferred.head < queue.deferred.refs.length;
  }

  /** Copies the head record of a slot to `out` and answers its size; only the size when it does not fit. */
  copyHead(slot: number, out: Uint8Array, at: number): number {
    const queue = this.#queues[slot]!;
    const lane = queue.deferred.length > 0 ? queue.deferred : queue.fifo;
    const ref = lane.refs[lane.head]!;
    const chunk = this.#chunks[Math.floor(ref / CHUNK)]!;
    const offset = ref % CHUNK;
    const size = chunk.view.getUint32(offset + RECORD.size, true);
    if (at + size <= out.length) out.set(chunk.bytes.subarray(offset, offset + size), at);
    return size;
  }

  pop(slot: number): void {
    const queue = this.#queues[slot]!;
    (queue.deferred.length > 0 ? queue.deferred : queue.fifo).pop();
    this.#count--;
  }

  /** Ends a block: what waits becomes cells, what ran stops being any. */
  flush(): void {
    const survivors: { lane: Lane; records: Uint8Array[] }[] = [];
    for (const queue of this.#queues) {
      for (const ref of queue.next) queue.deferred.refs.push(ref);
      for (const ref of queue.held) queue.fifo.refs.push(ref);
      queue.next.length = 0;
      queue.held.length = 0;
      const changed = [queue.fifo, queue.deferred].map((lane) => this.#flushLane(queue.partition, lane)).some(Boolean);
      if (changed) this.#writeBounds(queue);
      for (const lane of [queue.fifo, queue.deferred]) {
        if (lane.length > 0) survivors.push({ lane, records: lane.refs.map((ref) => this.#record(ref)) });
      }
    }
    this.#rehome(survivors);
  }

  /** Answers whether anything of the lane's cells changed. */
  #flushLane(partition: number, lane: Lane): boolean {
    for (let s = lane.first - lane.popped; s < lane.first; s++) this.#cells.remove(partition, cellId(lane, s));
    lane.refs = lane.refs.slice(lane.head);
    lane.head = 0;
    const changed = lane.popped > 0 || lane.stored < lane.refs.length;
    for (let i = lane.stored; i < lane.refs.length; i++) {
      this.#cells.put(partition, cellId(lane, lane.first + i), this.#record(lane.refs[i]!));
    }
    lane.stored = lane.refs.length;
    lane.popped = 0;
    // An empty lane starts again, so that an idle partition has no queue cells at all.
    if (lane.stored === 0) lane.first = 0;
    return changed;
  }

  #writeBounds({ partition, fifo, deferred }: Queue): void {
    if (fifo.stored + deferred.stored === 0) {
      this.#cells.remove(partition, BOUNDS_ID);
      return;
    }
    const value = new Uint8Array(32);
    const view = viewOf(value);
    for (const [i, lane] of [fifo, deferred].entries()) {
      view.setBigUint64(i * 16, BigInt(lane.first), true);
      view.setBigUint64(i * 16 + 8, BigInt(lane.first + lane.stored), true);
    }
    this.#cells.put(partition, BOUNDS_ID, value);
  }

  /** Moves what is left into one chunk, so that a few waiting records do not keep whole batches in memory. */
  #rehome(survivors: readonly { lane: Lane; records: Uint8Array[] }[]): void {
    const bytes = concatBytes(survivors.flatMap(({ records }) => records));
    this.#chunks = [];
    this.addChunk(bytes);
    let at = 0;
    for (const { lane, records } of survivors) {
      lane.refs = records.map((record) => {
        const ref = at;
        at += record.length;
        return ref;
      });
    }
  }

  #record(ref: Ref): Uint8Array {
    const chunk = this.#chunks[Math.floor(ref / CHUNK)]!;
    const offset = ref % CHUNK;
    return chunk.bytes.subarray(offset, offset + chunk.view.getUint32(offset + RECORD.size, true));
  }

  #at(partition: number): Queue {
    const slot = this.#slot.get(partition);
    if (slot === undefined || partition > GLOBAL_PARTITION) throw new Error(`partition ${partition} is not held here`);
    return this.#queues[slot]!;
  }
}

function cellId(lane: Lane, sequence: number): Uint8Array {
  return ledgerCellId(lane.scope, sequenceKey(sequence));
}
