// Runs `rxd audit` on data folders, each in a process of its own, and tells folders of running nodes apart. It judges nothing.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeepReport } from '@rexnet/node/chain/deep-report.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { PROGRAMS } from './children.ts';
import { identify } from './process-identity.ts';

export type AuditChildOptions = {
  readonly genesis: string;
  readonly dir: string;
  readonly fromSnapshot: boolean;
  /** A copy is audited: what a running node's folder needs. */
  readonly copy: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
};

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** Throws CliError with the words of rxd when the folder cannot be audited. */
export function auditInChild(options: AuditChildOptions): Promise<DeepReport> {
  const { genesis, dir, fromSnapshot, copy, env, signal } = options;
  const more = [...(fromSnapshot ? ['--from-snapshot'] : []), ...(copy ? ['--copy'] : [])];
  const args = [PROGRAMS.node, 'audit', '--genesis', genesis, '--data', dir, '-o', 'json', ...more];
  // Flags are said in full: none may come from the caller's environment.
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('REXNET_')));
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      args,
      { env: own, maxBuffer: OUTPUT_BYTES_MAX, signal },
      (_error, stdout, stderr) => {
        const { exitCode } = child;
        if (exitCode === EXIT.ok || exitCode === EXIT.verdictNotMet) resolve(JSON.parse(stdout) as DeepReport);
        else if (signal.aborted) reject(new CliError(EXIT.error, 'interrupted'));
        else reject(failureOf(dir, exitCode, stderr));
      },
    );
  });
}

function failureOf(dir: string, exitCode: number | null, stderr: string): CliError {
  const [first = '', ...rest] = stderr.trim().split('\n');
  const code: ExitCode = exitCode === EXIT.usage ? EXIT.usage : EXIT.error;
  const message = first.replace(/^rxd audit: /, '');
  const cure = rest.map((line) => /^ {2}cure: (.*)$/.exec(line)?.[1]).find((line) => line !== undefined);
  return new CliError(code, message === '' ? `${dir} could not be audited: rxd ended with ${exitCode}` : message, cure);
}

/** Pid of the living process a data folder's LOCK names. */
export function holderOf(dir: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(join(dir, 'LOCK'), 'utf8');
  } catch {
    return undefined;
  }
  // `pid start`, the start in clock ticks; empty where the system tells none.
  const [pid = '', start = ''] = text.trim().split(' ');
  const found = identify(Number(pid));
  if (found === undefined) return undefined;
  return start === '' || found.startedAt.startsWith(`${start}@`) ? found.pid : undefined;
}
