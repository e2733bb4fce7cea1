// What one line of a log says: when, how bad, what. Knows the JSON of our programs, bitcoind's dates, and lines that are neither.
// Pure: who reads files is local/log-file.ts.

export type LogLine = {
  /** `g0-n0`, `miner-0`, `bitcoind`, `load`, `rxctl` */
  readonly object: string;
  readonly raw: string;
  /** Absent for a line without a date that follows no dated one. */
  readonly atMs?: number;
  readonly level?: string;
  readonly message: string;
  /** Absent when the line is no JSON. */
  readonly fields?: Readonly<Record<string, unknown>>;
};

const DATED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)\s+(.*)$/;
const BAD_LEVELS = ['error', 'fatal'];
const BAD_WORDS = /\b(error|fatal|exception|panic|refused|cannot|failed|EADDRINUSE|ENOSPC|EACCES|out of memory)\b/i;
/** Lines of a stack trace tell nobody what went wrong. */
const STACK = /^\s+at |^\s*$|^Node\.js v|^\s*\^+\s*$|^node:internal|^\s*throw |^\s*[{}]\s*$/;
const MESSAGE_CHARS_MAX = 300;

/** Lines of one log; one without a date belongs to the moment of the line before. */
export function readLines(object: string, raws: readonly string[]): readonly LogLine[] {
  let beforeMs: number | undefined;
  return raws.map((raw) => {
    const line = readLine(object, raw);
    beforeMs = line.atMs ?? beforeMs;
    return line.atMs === undefined && beforeMs !== undefined ? { ...line, atMs: beforeMs } : line;
  });
}

export function readLine(object: string, raw: string): LogLine {
  const fields = parseObject(raw);
  if (fields !== undefined) {
    const { time, level, msg } = fields;
    const atMs = typeof time === 'number' ? time : typeof time === 'string' ? Date.parse(time) : Number.NaN;
    return {
      object,
      raw,
      ...(Number.isNaN(atMs) ? {} : { atMs }),
      ...(typeof level === 'string' ? { level } : {}),
      message: typeof msg === 'string' ? msg : raw,
      fields,
    };
  }
  const dated = DATED.exec(raw);
  if (dated === null) return { object, raw, message: raw };
  const [, date = '', message = ''] = dated;
  return { object, raw, atMs: Date.parse(date), message };
}

/** One story out of several logs: by time, lines of the same moment in the order of their logs; undated ones first. */
export function mergeLines(logs: readonly (readonly LogLine[])[]): readonly LogLine[] {
  return logs
    .flatMap((lines, log) => lines.map((line, index) => ({ line, log, index })))
    .sort(
      (left, right) =>
        (left.line.atMs ?? Number.NEGATIVE_INFINITY) - (right.line.atMs ?? Number.NEGATIVE_INFINITY) ||
        left.log - right.log ||
        left.index - right.index,
    )
    .map(({ line }) => line);
}

/** The newest complaint of a log, or its last word when it complains of nothing; undefined for an empty one. */
export function lastWords(raws: readonly string[]): string | undefined {
  const lines = raws.filter((raw) => !STACK.test(raw)).map((raw) => readLine('', raw));
  const complaint = lines.findLast(
    ({ level, fields, message }) =>
      BAD_LEVELS.includes(level ?? '') || (fields === undefined && BAD_WORDS.test(message)),
  );
  const said = complaint ?? lines.at(-1);
  return said === undefined ? undefined : cut(withError(said));
}

function withError({ message, fields }: LogLine): string {
  const error = fields?.['err'] ?? fields?.['error'];
  const detail =
    typeof error === 'string'
      ? error
      : typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
        ? error.message
        : undefined;
  return detail === undefined || message.includes(detail) ? message : `${message}: ${detail}`;
}

function cut(text: string): string {
  return text.length <= MESSAGE_CHARS_MAX ? text : `${text.slice(0, MESSAGE_CHARS_MAX - 1)}…`;
}

function parseObject(raw: string): Readonly<Record<string, unknown>> | undefined {
  if (!raw.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
