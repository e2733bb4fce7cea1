// A binary heap over any order. It is as large as what is put into it: callers bound it.

export class Heap<T> {
  readonly #before: (a: T, b: T) => boolean;
  #items: T[];

  /** `before(a, b)`: a leaves the heap ahead of b. */
  constructor(before: (a: T, b: T) => boolean, items: readonly T[] = []) {
    this.#before = before;
    this.#items = items.slice();
    for (let i = (this.#items.length >> 1) - 1; i >= 0; i--) this.#down(i);
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    let i = this.#items.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(this.#items[i]!, this.#items[parent]!)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (this.#items.length > 0 && last !== undefined) {
      this.#items[0] = last;
      this.#down(0);
    }
    return first;
  }

  /** As `pop` and then `push`, for half of it. */
  replaceFirst(item: T): void {
    this.#items[0] = item;
    this.#down(0);
  }

  #down(from: number): void {
    let i = from;
    for (;;) {
      let next = i;
      for (let child = 2 * i + 1; child <= 2 * i + 2 && child < this.#items.length; child++) {
        if (this.#before(this.#items[child]!, this.#items[next]!)) next = child;
      }
      if (next === i) return;
      this.#swap(i, next);
      i = next;
    }
  }

  #swap(a: number, b: number): void {
    const item = this.#items[a]!;
    this.#items[a] = this.#items[b]!;
    this.#items[b] = item;
  }
}
