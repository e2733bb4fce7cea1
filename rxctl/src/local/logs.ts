// The logs of a local network: files its processes append to, and the parts of them that were moved aside.
import { readdirSync, statSync } from 'node:fs';
import { CliError, EXIT } from '../exit.ts';
import { type LogLine, readLines } from '../log-lines.ts';
import type { LogChoice, LogStream, Logs } from '../site.ts';
import { pidFile } from './child.ts';
import type { Folders } from './folders.ts';
import { LogFollower, tail } from './log-file.ts';
import { logPathOf } from './log-paths.ts';

export const LOG_LINES_MAX = 10_000;

export class LocalLogs implements Logs {
  readonly #folders: Folders;

  constructor(folders: Folders) {
    this.#folders = folders;
  }

  async names(): Promise<readonly string[]> {
    return readdirSync(this.#folders.logs)
      .flatMap((file) => (file.endsWith('.log') ? [file.slice(0, -'.log'.length)] : []))
      .sort();
  }

  async read(name: string, { previous }: LogChoice): Promise<readonly LogLine[]> {
    return previous ? this.#before(name) : this.#current(name);
  }

  follow(name: string): LogStream {
    const follower = new LogFollower(logPathOf(this.#folders, name));
    return { next: () => follower.next(), close: () => undefined };
  }

  #current(name: string): readonly LogLine[] {
    const path = logPathOf(this.#folders, name);
    const lines = readLines(name, tail(path, LOG_LINES_MAX));
    if (lines.some(({ atMs }) => atMs !== undefined)) return lines;
    // What `up` itself writes has no dates; the newest of it is as old as the file.
    const atMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    return atMs === undefined ? lines : lines.map((line) => ({ ...line, atMs }));
  }

  /** Everything older than the process that runs, or ran last, under this name; its log was moved aside when it grew too long. */
  #before(name: string): readonly LogLine[] {
    const path = logPathOf(this.#folders, name);
    const startedAtMs = statSync(pidFile(this.#folders, name), { throwIfNoEntry: false })?.mtimeMs;
    const all = readLines(name, [...tail(`${path}.1`, LOG_LINES_MAX), ...tail(path, LOG_LINES_MAX)]);
    const before = startedAtMs === undefined ? [] : all.filter(({ atMs }) => atMs !== undefined && atMs < startedAtMs);
    if (before.length === 0)
      throw new CliError(EXIT.error, `${name} has not been restarted, so there is no log before`, `rxctl logs ${name}`);
    return before;
  }
}
