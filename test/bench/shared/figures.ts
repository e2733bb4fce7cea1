// What the benches share: what a figure is, seeded draws and the middle of what was measured. It measures nothing.

/** One figure. Where the goal is below the floor, less is better: the floor is then the most it may be. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly floor?: number;
  readonly goal?: number;
  readonly anchors: Readonly<Record<string, number>>;
}

/** Small, fast and the same everywhere: a bench draws millions. */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function median(values: readonly number[]): number {
  return values.slice().sort((a, b) => a - b)[values.length >> 1]!;
}
