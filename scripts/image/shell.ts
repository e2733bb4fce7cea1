// Runs programs of others to their end, quietly: what they said is told when they fail. Each has a deadline.
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const DEADLINE_MS = 15 * 60_000;
const OUTPUT_MAX_BYTES = 64 * 1024 * 1024;
const TOLD_LINES = 12;

export type Environment = Readonly<Record<string, string | undefined>>;
export type Ran = { readonly ok: boolean; readonly out: string; readonly told: string };

/** Never throws: a program that is not there is one that failed. */
export function run(
  command: string,
  args: readonly string[],
  env: Environment,
  deadlineMs = DEADLINE_MS,
): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: deadlineMs, maxBuffer: OUTPUT_MAX_BYTES, encoding: 'utf8' } as const;
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const why = error?.killed === true ? `not over after ${deadlineMs / 1000} s` : (error?.message ?? '');
      const told = lastLines(stderr.trim() === '' ? stdout : stderr) || why;
      resolve({ ok: error === null, out: stdout.trim(), told: error?.killed === true ? `${told}\n${why}` : told });
    });
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-TOLD_LINES).join('\n');
}

/** Of the programs named, those PATH has. */
export function inPath(names: readonly string[], env: Environment): ReadonlySet<string> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return new Set(names.filter((name) => folders.some((folder) => isExecutable(join(folder, name)))));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
