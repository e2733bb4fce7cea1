// Looks kept in a file, one JSON line each, and a source that gives them back in the same order. An event is written once.
import { closeSync, existsSync, openSync, readSync, writeSync } from 'node:fs';
import { CliError, EXIT } from '../exit.ts';
import type { EventSight, Snapshot, Source } from './source.ts';

/** The first line of a file of ours. */
const MAGIC = { rexnetRecording: 1 } as const;
/** A look at 64 groups takes 60 KB: this is an hour of them. */
const BYTES_MAX = 256 * 1024 * 1024;
const EVENTS_MAX = 200;
const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 10;

export class Recorder {
  readonly #file: number;
  #bytes = 0;
  #known = new Set<string>();

  /** Throws when the file cannot be made; an older one of that name is replaced. */
  constructor(path: string) {
    this.#file = openSync(path, 'w');
    this.#write(MAGIC);
  }

  /** What would be beyond the bound is not kept. */
  add(snapshot: Snapshot): void {
    if (this.#bytes > BYTES_MAX) return;
    const all = snapshot.events.map((event) => JSON.stringify(event));
    const events = snapshot.events.filter((_, index) => !this.#known.has(all[index] ?? ''));
    this.#known = new Set(all);
    this.#write({ ...snapshot, events });
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(value: unknown): void {
    this.#bytes += writeSync(this.#file, `${JSON.stringify(value)}\n`);
  }
}

/** Every look of a recording. Throws CliError when the file is none. */
export function* readRecording(path: string): Generator<Snapshot, void, undefined> {
  if (!existsSync(path))
    throw new CliError(EXIT.usage, `there is no recording ${path}`, 'make one: rxctl top --record FILE');
  let events: readonly EventSight[] = [];
  let number = 0;
  for (const line of linesOf(path)) {
    const value = parse(line, path, ++number);
    if (number === 1) {
      if (!('rexnetRecording' in value) || value['rexnetRecording'] !== MAGIC.rexnetRecording)
        throw new CliError(EXIT.usage, `${path} is no recording of this version`, 'make one: rxctl top --record FILE');
      continue;
    }
    const snapshot = value as Snapshot;
    events = [...events, ...snapshot.events].slice(-EVENTS_MAX);
    yield { ...snapshot, events };
  }
}

/** One line at a time: a long recording never lies in memory. */
function* linesOf(path: string): Generator<string, void, undefined> {
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let parts: Buffer[] = [];
  try {
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0 && end < size; end = chunk.indexOf(NEWLINE, start)) {
        parts.push(Buffer.from(chunk.subarray(start, end)));
        yield Buffer.concat(parts).toString('utf8');
        parts = [];
        start = end + 1;
      }
      if (start < size) parts.push(Buffer.from(chunk.subarray(start, size)));
    }
    if (parts.length > 0) yield Buffer.concat(parts).toString('utf8');
  } finally {
    closeSync(file);
  }
}

function parse(line: string, path: string, number: number): object {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Named below.
  }
  throw new CliError(EXIT.usage, `${path} is damaged in line ${number}`, 'make another one: rxctl top --record FILE');
}

/** One look after the other; the last one stays. */
export function replaySource(path: string): Source {
  const looks = readRecording(path);
  let last: Snapshot | undefined;
  return {
    async look(): Promise<Snapshot> {
      const { value } = looks.next();
      last = value ?? last;
      if (last === undefined) throw new CliError(EXIT.usage, `${path} holds no look`, 'record for longer');
      return last;
    },
    log: async () => [],
    close: async () => {
      looks.return();
    },
  };
}
