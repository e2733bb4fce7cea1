// Runs a program of others to its end, within a deadline, and gives what it wrote. It interprets nothing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ClusterError } from './errors.ts';

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type RunOptions = {
  /** What it is called when something is wrong with it; its whole command line unless said otherwise. */
  readonly name?: string;
  /** Text, or an open file, for its standard input. */
  readonly input?: string | number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
  /** Called for every line of standard error as it comes. */
  readonly onLine?: (line: string) => void;
};

const DEADLINE_MS = 120_000;
const OUTPUT_CHARS_MAX = 64 * 1024 * 1024;
const ERROR_LINES = 12;
const COMMAND_CHARS = 160;

/** Where programs of the system are, also when the PATH of a user leaves the administrator's folders out. */
export const SEARCH_PATH = [process.env['PATH'] ?? '', '/usr/sbin', '/sbin', '/usr/local/go/bin'].join(delimiter);

export function findProgram(name: string, searchPath: string = SEARCH_PATH): string | undefined {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** How it ended, whatever that was; throws only when it could not be started or had to be stopped. */
export function tryRun(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { input = '', cwd, env = {}, deadlineMs = DEADLINE_MS, onLine } = options;
  const name = nameOf(command, args, options);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, PATH: SEARCH_PATH, ...env },
      stdio: [typeof input === 'number' ? input : 'pipe', 'pipe', 'pipe'],
    });
    const failed = (what: string) => new ClusterError('PROGRAM_FAILED', `${name} ${what}`);
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(failed(`did not end within ${deadlineMs / 1_000} s`));
    }, deadlineMs);
    const written = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        if (written[stream].length < OUTPUT_CHARS_MAX) written[stream] += text;
        if (stream === 'stderr' && onLine !== undefined) for (const line of text.trim().split('\n')) onLine(line);
      });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(failed(`cannot be started: ${error.message}`));
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, ...written });
    });
    // A program that ends without reading all of it is judged by its exit code.
    child.stdin?.once('error', () => undefined);
    if (typeof input === 'string') child.stdin?.end(input);
  });
}

/** A script handed to a shell is too long to be read in an error. */
function nameOf(command: string, args: readonly string[], { name }: RunOptions): string {
  const text = (name ?? [command, ...args].join(' ')).split('\n', 1)[0] ?? '';
  return text.length <= COMMAND_CHARS ? text : `${text.slice(0, COMMAND_CHARS)}…`;
}

/** Its standard output; throws what it said when it failed. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryRun(command, args, options);
  if (code === 0) return stdout;
  const said = (stderr.trim() === '' ? stdout : stderr).trim().split('\n').slice(-ERROR_LINES).join('\n');
  throw new ClusterError('PROGRAM_FAILED', `${nameOf(command, args, options)} ended with ${code}: ${said}`);
}
