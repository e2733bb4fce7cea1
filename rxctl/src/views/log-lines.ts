// A log line as a person reads it: our programs write JSON, bitcoind writes text. It loses no field and judges none.
import { clock } from './units.ts';

/** Said by the header of the log, or of no use on a screen. */
const LEFT_OUT = ['level', 'time', 'msg', 'program', 'pid', 'hostname', 'group'];

export function readableLine(line: string): string {
  const record = recordOf(line);
  if (record === undefined) return line;
  const { time, level, msg } = record;
  const atMs = typeof time === 'string' ? Date.parse(time) : Number(time);
  const when = Number.isFinite(atMs) ? clock(atMs) : '';
  const rest = Object.entries(record)
    .filter(([name]) => !LEFT_OUT.includes(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const words = [
    when,
    level === undefined ? '' : String(level).padEnd(5),
    msg === undefined ? '' : String(msg),
    ...rest,
  ];
  return words.filter((word) => word !== '').join(' ');
}

function recordOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
