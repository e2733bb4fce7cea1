// JSON logs, one event a line: level error = somebody must act, warn = will be if it lasts, info = changes, debug = the rest.
import { type Logger, pino } from 'pino';

export type Log = Logger;
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** Stands in every line, for example `{ program: 'rxd', group: 2 }`. */
  readonly base: Readonly<Record<string, string | number>>;
  /** Where lines go; standard output when absent. */
  readonly write?: (line: string) => void;
}

export function createLog(options: LogOptions): Log {
  const settings = {
    level: options.level,
    base: { ...options.base },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return options.write === undefined ? pino(settings) : pino(settings, { write: options.write });
}
