// Partitions take turns over their queues. A cycle: ascending from the partition after the one served last, every
// partition whose queue was not empty when the cycle began runs its head. Relays that arise join tails and wait for
// the next cycle, so a cycle is one batch of the machine.
import { viewOf } from '../core/bytes.ts';
import { GLOBAL_PARTITION } from '../core/scopes.ts';
import type { VirtualMachine } from '../vm/types.ts';
import type { Effects } from './effects.ts';
import type { Queues } from './queues.ts';
import { RECORD } from './relay.ts';

const FIRST_BUFFER_BYTES = 64 * 1024;

/** What runs heads of the global partition; answers false when the head must wait for the next block. */
export type GlobalStep = (record: Uint8Array) => boolean;

export interface TurnParts {
  readonly machine: Pick<VirtualMachine, 'run'>;
  readonly queues: Queues;
  readonly effects: Effects;
  readonly runGlobal: GlobalStep;
}

/** The turns of one block. A partition whose head does not fit rests until the next block. */
export class Turns {
  readonly #parts: TurnParts;
  readonly #resting = new Set<number>();
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  #fill = 0;
  /** Slots whose heads are in the buffer. */
  #gathered: number[] = [];

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  /** Runs cycles until nothing can run any more; answers the partition served last. */
  run(served: number): number {
    let last = served;
    for (;;) {
      const ready = this.#readySlots(last);
      if (ready.length === 0) return last;
      for (const slot of ready) {
        if (this.#parts.queues.partitionAt(slot) === GLOBAL_PARTITION) {
          last = this.#runGathered(last);
          last = this.#runGlobal(slot, last);
        } else this.#gather(slot);
      }
      last = this.#runGathered(last);
    }
  }

  #readySlots(served: number): number[] {
    const { queues } = this.#parts;
    const start = queues.cycleStart(served);
    const ready: number[] = [];
    for (let i = 0; i < queues.slots; i++) {
      const slot = (start + i) % queues.slots;
      if (queues.isReady(slot) && !this.#resting.has(slot)) ready.push(slot);
    }
    return ready;
  }

  #gather(slot: number): void {
    let size = this.#parts.queues.copyHead(slot, this.#buffer, this.#fill);
    if (this.#fill + size > this.#buffer.length) {
      const grown = new Uint8Array(2 * (this.#fill + size));
      grown.set(this.#buffer.subarray(0, this.#fill));
      this.#buffer = grown;
      size = this.#parts.queues.copyHead(slot, grown, this.#fill);
    }
    this.#fill += size;
    this.#gathered.push(slot);
  }

  #runGathered(served: number): number {
    const { machine, queues, effects } = this.#parts;
    const view = viewOf(this.#buffer);
    let last = served;
    let next = 0;
    let at = 0;
    while (at < this.#fill) {
      const run = machine.run(this.#buffer.subarray(at, this.#fill));
      if (run.stop === 'invalid') throw new Error('a relay cannot be invalid');
      for (let i = 0; i < run.done; i++) queues.pop(this.#gathered[next + i]!);
      next += run.done;
      at += run.bytes;
      if (run.done > 0) last = queues.partitionAt(this.#gathered[next - 1]!);
      const rests = run.stop !== 'end';
      effects.absorb(run);
      if (!rests) break;
      this.#resting.add(this.#gathered[next]!);
      next++;
      at += view.getUint32(at + RECORD.size, true);
    }
    this.#fill = 0;
    this.#gathered = [];
    return last;
  }

  #runGlobal(slot: number, served: number): number {
    this.#gather(slot);
    const record = this.#buffer.slice(0, this.#fill);
    this.#fill = 0;
    this.#gathered = [];
    if (!this.#parts.runGlobal(record)) {
      this.#resting.add(slot);
      return served;
    }
    this.#parts.queues.pop(slot);
    return GLOBAL_PARTITION;
  }
}
