// One child process: started so that its number is on record before it runs, adopted from a crashed rxctl, ended in bounded
// time. It does not decide when to restart; the supervisor does.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readIfThere, writeAtomically } from './files.ts';
import {
  identify,
  isAlive,
  type ProcessIdentity,
  RECORDING_SHELL,
  readIdentity,
  signalProcess,
} from './process-identity.ts';

export type ChildSpec = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether the next rxctl may go on with what this one left, or ends it and starts anew. */
  readonly leftover: 'adopt' | 'end';
  /** Restarted when it ends by itself; a 'once' child that ended well is done. */
  readonly restart: 'always' | 'once';
  /** How long it may take to end when told to; the supervisor's own bound when absent. */
  readonly graceMs?: number;
};

export type ChildFolders = { readonly run: string; readonly logs: string };

const POLL_MS = 100;
const RECORD_DEADLINE_MS = 5_000;

export function pidFile({ run }: ChildFolders, name: string): string {
  return join(run, `${name}.pid`);
}

export function specFile({ run }: ChildFolders, name: string): string {
  return join(run, `${name}.spec`);
}

export function logFile({ logs }: ChildFolders, name: string): string {
  return join(logs, `${name}.log`);
}

/** Two specs with the same print make the same process. */
export function printOf({ command, args, env }: ChildSpec): string {
  return createHash('sha256')
    .update(JSON.stringify([command, args, Object.entries(env).sort()]))
    .digest('hex');
}

/** The process an earlier rxctl left under this name, if it still lives. */
export function findLeftover(
  folders: ChildFolders,
  name: string,
): { readonly identity: ProcessIdentity; readonly print: string } | undefined {
  const identity = readIdentity(pidFile(folders, name));
  if (identity === undefined || !isAlive(identity)) return undefined;
  return { identity, print: readIfThere(specFile(folders, name)) ?? '' };
}

export type Exit = { readonly code: number | undefined; readonly signal: string | undefined };
export type RunningChild = { readonly identity: ProcessIdentity; readonly ended: Promise<Exit> };

/** Starts a child in a process group of its own: Ctrl-C in our terminal is ours to pass on. */
export async function startChild(spec: ChildSpec, folders: ChildFolders): Promise<RunningChild> {
  const pidPath = pidFile(folders, spec.name);
  rmSync(pidPath, { force: true });
  writeAtomically(specFile(folders, spec.name), printOf(spec));
  const log = openSync(logFile(folders, spec.name), 'a');
  const child = spawn('/bin/sh', ['-c', RECORDING_SHELL, pidPath, spec.command, ...spec.args], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...spec.env },
  });
  closeSync(log);
  const ended = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: undefined }));
    child.once('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  const pid = child.pid ?? 0;
  const identity = (await recorded(pidPath, ended)) ?? identify(pid) ?? { pid, startedAt: 'never' };
  return { identity, ended };
}

/** Undefined when the child ended before it was on record. */
async function recorded(pidPath: string, ended: Promise<Exit>): Promise<ProcessIdentity | undefined> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const deadlineMs = performance.now() + RECORD_DEADLINE_MS;
  while (!isOver && performance.now() < deadlineMs) {
    const identity = readIdentity(pidPath);
    if (identity !== undefined) return identity;
    await delay(5);
  }
  return readIdentity(pidPath);
}

/** Goes on with a process that is not our child: its end is seen by looking. */
export function adoptChild(identity: ProcessIdentity): RunningChild {
  const ended = (async (): Promise<Exit> => {
    while (isAlive(identity)) await delay(POLL_MS);
    return { code: undefined, signal: undefined };
  })();
  return { identity, ended };
}

/** SIGTERM, and SIGKILL to it and what it started when the time is over. Returns when it is gone. */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<'clean' | 'killed' | 'gone'> {
  if (!signalProcess(identity, 'SIGTERM')) return 'gone';
  const deadlineMs = performance.now() + graceMs;
  while (performance.now() < deadlineMs) {
    if (!isAlive(identity)) return 'clean';
    await delay(Math.min(POLL_MS, graceMs / 10));
  }
  if (!isAlive(identity)) return 'clean';
  killGroup(identity);
  while (isAlive(identity)) await delay(10);
  return 'killed';
}

function killGroup(identity: ProcessIdentity): void {
  try {
    // Every child leads a process group of its own.
    process.kill(-identity.pid, 'SIGKILL');
  } catch {
    signalProcess(identity, 'SIGKILL');
  }
}
