// Figures as a person reads them: few digits, a unit, the same width for the same kind. Pure.

const KIB = 1_024;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
export const UNKNOWN = '–';

/** 0, 0.4, 9.7, 103, 12.3k, 1.20M */
export function rate(perSecond: number | undefined): string {
  if (perSecond === undefined) return UNKNOWN;
  if (perSecond < 0.05) return '0';
  if (perSecond < 9.95) return perSecond.toFixed(1);
  return count(Math.round(perSecond));
}

/** 0, 9999, 12.3k, 123k, 1.20M */
export function count(value: number): string {
  if (value < 10_000) return `${value}`;
  if (value < 99_950) return `${(value / 1_000).toFixed(1)}k`;
  if (value < 999_500) return `${Math.round(value / 1_000)}k`;
  if (value < 9_995_000) return `${(value / 1_000_000).toFixed(2)}M`;
  return `${(value / 1_000_000).toFixed(1)}M`;
}

/** 850 ms, 3.1 s, 42 s, 2m 05s, 1h 03m, 2d 04h */
export function duration(durationMs: number | undefined): string {
  if (durationMs === undefined) return UNKNOWN;
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 9_950) return `${(durationMs / 1_000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}h ${two(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d ${two(hours % 24)}h`;
}

export function bytes(value: number | undefined): string {
  if (value === undefined) return UNKNOWN;
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < UNITS.length - 1) {
    scaled /= KIB;
    unit++;
  }
  return `${unit === 0 || scaled >= 99.5 ? Math.round(scaled) : scaled.toFixed(1)} ${UNITS[unit]}`;
}

/** 71%, <1%; never 100% or 0% of what is not quite that. */
export function percent(share: number | undefined): string {
  if (share === undefined) return UNKNOWN;
  if (share > 0 && share < 0.01) return '<1%';
  if (share < 1 && share >= 0.995) return '99%';
  return `${Math.round(share * 100)}%`;
}

/** UTC, as logs have it. */
export function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

function two(value: number): string {
  return `${value}`.padStart(2, '0');
}
