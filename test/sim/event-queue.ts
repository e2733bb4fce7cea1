// Virtual time: events in order of time, then of scheduling. Nothing here knows a real clock.

interface Event {
  readonly atMs: number;
  readonly serial: number;
  run(): void;
}

export class EventQueue {
  readonly #heap: Event[] = [];
  #serial = 0;
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): void {
    const event = { atMs: this.#nowMs + Math.max(0, delayMs), serial: this.#serial++, run };
    const heap = this.#heap;
    heap.push(event);
    let i = heap.length - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!isBefore(event, heap[up]!)) break;
      heap[i] = heap[up]!;
      i = up;
    }
    heap[i] = event;
  }

  /** Runs everything due up to and including `untilMs`. */
  runUntil(untilMs: number): void {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.atMs > untilMs) break;
      this.#pop();
      this.#nowMs = first.atMs;
      first.run();
    }
    this.#nowMs = untilMs;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.serial < b.serial);
}
