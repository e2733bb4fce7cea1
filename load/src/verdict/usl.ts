// Why a curve bends: Gunther's Universal Scalability Law, C(n) = n / (1 + σ·(n − 1) + κ·n·(n − 1)). σ is what waits its turn
// (contention), κ what has to agree with everybody else (coherency). An explanation beside the verdict, never a gate.

export interface Usl {
  readonly contention: number;
  readonly coherency: number;
}

/**
 * Least squares of n/C − 1 = σ·(n − 1) + κ·n·(n − 1), both at least 0: where the free solution is negative the better of the two
 * one-parameter fits is taken. Undefined with fewer than two points above one group.
 */
export function fitUsl(points: readonly { readonly groups: number; readonly speedup: number }[]): Usl | undefined {
  const rows = points
    .filter(({ groups, speedup }) => groups > 1 && speedup > 0)
    .map(({ groups, speedup }) => ({ a: groups - 1, b: groups * (groups - 1), y: groups / speedup - 1 }));
  if (rows.length < 2) return undefined;
  const sum = (pick: (row: (typeof rows)[number]) => number): number => rows.reduce((s, row) => s + pick(row), 0);
  const aa = sum(({ a }) => a * a);
  const ab = sum(({ a, b }) => a * b);
  const bb = sum(({ b }) => b * b);
  const ay = sum(({ a, y }) => a * y);
  const by = sum(({ b, y }) => b * y);
  const det = aa * bb - ab * ab;
  const free = { contention: (ay * bb - by * ab) / det, coherency: (by * aa - ay * ab) / det };
  if (free.contention >= 0 && free.coherency >= 0) return free;
  const alone = [
    { contention: Math.max(0, ay / aa), coherency: 0 },
    { contention: 0, coherency: Math.max(0, by / bb) },
  ] as const;
  const misses = ({ contention, coherency }: Usl): number =>
    sum(({ a, b, y }) => (y - contention * a - coherency * b) ** 2);
  return misses(alone[0]) <= misses(alone[1]) ? alone[0] : alone[1];
}
