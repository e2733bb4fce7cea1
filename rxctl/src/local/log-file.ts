// The log of one child: the child appends to the file itself, so that it outlives us; we only keep the file small.
import { closeSync, copyFileSync, openSync, readSync, statSync, truncateSync } from 'node:fs';

/** One log takes at most this much, and as much again for the part before. */
const LOG_BYTES_MAX = 16 * 1024 * 1024;

const FOLLOW_BYTES_MAX = 1024 * 1024;

/** Moves a log that is too long aside; the child goes on appending to the same, now empty, file. */
export function boundLog(path: string, bytesMax: number = LOG_BYTES_MAX): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= bytesMax) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path, 0);
}

/** The last lines of a log, oldest first; reads no more than the end of it. */
export function tail(path: string, lines: number, bytesMax = 1024 * 1024): readonly string[] {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const length = Math.min(size, bytesMax);
  if (length === 0) return [];
  const buffer = Buffer.alloc(length);
  const file = openSync(path, 'r');
  try {
    readSync(file, buffer, 0, length, size - length);
  } finally {
    closeSync(file);
  }
  return buffer
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .slice(-lines);
}

/** Reads what was added to a log since the last time; begins at its end, and anew when the log was moved aside. */
export class LogFollower {
  readonly #path: string;
  #offset: number;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
    this.#offset = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  next(): readonly string[] {
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    if (size < this.#offset) this.#offset = 0;
    const length = Math.min(size - this.#offset, FOLLOW_BYTES_MAX);
    if (length === 0) return [];
    const buffer = Buffer.alloc(length);
    const file = openSync(this.#path, 'r');
    try {
      this.#offset += readSync(file, buffer, 0, length, this.#offset);
    } finally {
      closeSync(file);
    }
    const lines = `${this.#rest}${buffer.toString('utf8')}`.split('\n');
    this.#rest = lines.pop() ?? '';
    return lines;
  }
}
