// Means, intervals and straight lines, with what little measuring the same thing a few times allows to say. Pure numbers; it
// knows nothing of throughput.

/** Lower and upper end. */
export type Interval = readonly [number, number];

export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** Standard error of the slope; undefined with fewer than three points. */
  readonly slopeError: number | undefined;
  /** Residual degrees of freedom. */
  readonly freedom: number;
}

/** Two-sided 95 % quantiles of Student's t for 1…30 degrees of freedom (any statistical table). */
const T_95 = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604, 2.1448, 2.1314,
  2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
] as const;
/** The same of the normal distribution. */
const Z_95 = 1.959964;

export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no mean of nothing');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new RangeError('no median of nothing');
  return (lower + upper) / 2;
}

/** Standard error of the mean; undefined for a single value. */
export function standardError(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** Two-sided 95 % quantile of Student's t; beyond the table by its expansion around the normal quantile. */
export function student95(freedom: number): number {
  if (!Number.isInteger(freedom) || freedom < 1) throw new RangeError(`${freedom} degrees of freedom`);
  const listed = T_95[freedom - 1];
  if (listed !== undefined) return listed;
  return Z_95 + (Z_95 ** 3 + Z_95) / (4 * freedom) + (5 * Z_95 ** 5 + 16 * Z_95 ** 3 + 3 * Z_95) / (96 * freedom ** 2);
}

/** 95 % interval of the mean of independent, about normal values; undefined for a single value. */
export function meanInterval(values: readonly number[]): Interval | undefined {
  const error = standardError(values);
  return error === undefined ? undefined : around(mean(values), student95(values.length - 1) * error);
}

export function around(middle: number, half: number): Interval {
  return [middle - half, middle + half];
}

/** Ordinary least squares of y on x, with intercept; undefined unless there are two different x. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line | undefined {
  if (points.length < 2) return undefined;
  const x0 = mean(points.map(([x]) => x));
  const y0 = mean(points.map(([, y]) => y));
  const xx = points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
  if (xx === 0) return undefined;
  const slope = points.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0) / xx;
  const intercept = y0 - slope * x0;
  const freedom = points.length - 2;
  const squares = points.reduce((sum, [x, y]) => sum + (y - intercept - slope * x) ** 2, 0);
  const slopeError = freedom < 1 ? undefined : Math.sqrt(squares / freedom / xx);
  return { slope, intercept, slopeError, freedom };
}
