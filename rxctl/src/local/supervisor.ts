// Keeps the processes of one network running: adopts or ends what a crash left, restarts what ends, stops all in time.
// It knows nothing of chains: what a child is and when the network is healthy is for others to say.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import {
  adoptChild,
  type ChildFolders,
  type ChildSpec,
  type Exit,
  endProcess,
  findLeftover,
  logFile,
  pidFile,
  printOf,
  type RunningChild,
  specFile,
  startChild,
} from './child.ts';
import { boundLog } from './log-file.ts';
import { readIdentity } from './process-identity.ts';

export const BACKOFF_MIN_MS = 200;
export const BACKOFF_MAX_MS = 10_000;
/** A child that ran this long has recovered: its next restart is quick again. */
const STEADY_MS = 30_000;
/** SIGTERM must do within this, so that a stop of everything stays below 5 s. */
const STOP_GRACE_MS = 4_000;
const LOG_CHECK_MS = 5_000;

export type ChildState = {
  readonly name: string;
  readonly process: 'Running' | 'Restarting' | 'Stopped';
  readonly pid: number | undefined;
  readonly restarts: number;
  readonly adopted: boolean;
};

export type SupervisorEvent =
  | { readonly kind: 'started' | 'adopted'; readonly name: string; readonly pid: number }
  | { readonly kind: 'ended'; readonly name: string; readonly exit: Exit; readonly restartInMs: number | undefined };

type Entry = {
  spec: ChildSpec;
  running: RunningChild | undefined;
  restarts: number;
  isAdopted: boolean;
  isDone: boolean;
  stop: AbortController;
  loop: Promise<void>;
};

export type SupervisorOptions = { readonly onEvent?: (event: SupervisorEvent) => void; readonly stopGraceMs?: number };

export class Supervisor {
  readonly #folders: ChildFolders;
  readonly #onEvent: (event: SupervisorEvent) => void;
  readonly #stopGraceMs: number;
  readonly #entries = new Map<string, Entry>();
  readonly #logCheck: NodeJS.Timeout;

  constructor(
    folders: ChildFolders,
    { onEvent = () => undefined, stopGraceMs = STOP_GRACE_MS }: SupervisorOptions = {},
  ) {
    this.#folders = folders;
    this.#onEvent = onEvent;
    this.#stopGraceMs = stopGraceMs;
    mkdirSync(folders.run, { recursive: true });
    mkdirSync(folders.logs, { recursive: true });
    this.#logCheck = setInterval(() => this.#boundLogs(), LOG_CHECK_MS).unref();
  }

  /** Brings a child to run, by adopting an equal one that a crash left or by starting it. Returns when it is on record. */
  async ensure(spec: ChildSpec): Promise<void> {
    const existing = this.#entries.get(spec.name);
    if (existing !== undefined) {
      if (printOf(existing.spec) === printOf(spec)) return;
      await this.stop(spec.name);
    }
    const entry: Entry = {
      spec,
      running: undefined,
      restarts: 0,
      isAdopted: false,
      isDone: false,
      stop: new AbortController(),
      loop: Promise.resolve(),
    };
    this.#entries.set(spec.name, entry);
    const leftover = findLeftover(this.#folders, spec.name);
    if (leftover !== undefined && spec.leftover === 'adopt' && leftover.print === printOf(spec)) {
      entry.running = adoptChild(leftover.identity);
      entry.isAdopted = true;
      this.#onEvent({ kind: 'adopted', name: spec.name, pid: leftover.identity.pid });
    } else {
      if (leftover !== undefined) await endProcess(leftover.identity, this.#stopGraceMs);
      await this.#start(entry);
    }
    entry.loop = this.#keep(entry);
  }

  /** Ends what an earlier rxctl left and nobody asked for. */
  async endOthers(wanted: readonly string[]): Promise<readonly string[]> {
    const others = leftoverNames(this.#folders).filter((name) => !wanted.includes(name) && !this.#entries.has(name));
    await Promise.all(others.map((name) => endLeftover(this.#folders, name, this.#stopGraceMs)));
    return others;
  }

  states(): readonly ChildState[] {
    return [...this.#entries.values()].map(({ spec, running, restarts, isAdopted, isDone }) => ({
      name: spec.name,
      process: running !== undefined ? 'Running' : isDone ? 'Stopped' : 'Restarting',
      pid: running?.identity.pid,
      restarts,
      adopted: isAdopted,
    }));
  }

  /** True when a 'once' child has ended well, false when the signal came first. */
  async finished(name: string, signal: AbortSignal): Promise<boolean> {
    const entry = this.#entries.get(name);
    while (entry !== undefined && !entry.isDone && !signal.aborted) await delay(50);
    return entry?.isDone ?? false;
  }

  async stop(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    entry.stop.abort();
    const graceMs = entry.spec.graceMs ?? this.#stopGraceMs;
    if (entry.running !== undefined) await endProcess(entry.running.identity, graceMs);
    await entry.loop;
    forget(this.#folders, name);
    this.#entries.delete(name);
  }

  /** Ends everything; what was started last is told first, all share one deadline. */
  async stopAll(): Promise<void> {
    clearInterval(this.#logCheck);
    await Promise.all([...this.#entries.keys()].reverse().map((name) => this.stop(name)));
  }

  async #start(entry: Entry): Promise<RunningChild> {
    const running = await startChild(entry.spec, this.#folders);
    entry.running = running;
    entry.isAdopted = false;
    this.#onEvent({ kind: 'started', name: entry.spec.name, pid: running.identity.pid });
    return running;
  }

  /** Restarts the child whenever it ends, until it is stopped. */
  async #keep(entry: Entry): Promise<void> {
    let backoffMs = BACKOFF_MIN_MS;
    while (entry.running !== undefined) {
      const begunMs = performance.now();
      const exit = await entry.running.ended;
      entry.running = undefined;
      if (entry.stop.signal.aborted) return;
      if (entry.spec.restart === 'once' && exit.code === 0) {
        entry.isDone = true;
        this.#onEvent({ kind: 'ended', name: entry.spec.name, exit, restartInMs: undefined });
        return;
      }
      if (performance.now() - begunMs >= STEADY_MS) backoffMs = BACKOFF_MIN_MS;
      this.#onEvent({ kind: 'ended', name: entry.spec.name, exit, restartInMs: backoffMs });
      await delay(backoffMs, undefined, { signal: entry.stop.signal }).catch(() => undefined);
      backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS);
      if (entry.stop.signal.aborted) return;
      entry.restarts++;
      const { identity } = await this.#start(entry);
      // Told to stop while it was starting.
      if (entry.stop.signal.aborted) await endProcess(identity, this.#stopGraceMs);
    }
  }

  #boundLogs(): void {
    for (const name of this.#entries.keys()) boundLog(logFile(this.#folders, name));
  }
}

/** Names under which an earlier rxctl started something. */
export function leftoverNames({ run }: ChildFolders): readonly string[] {
  try {
    return readdirSync(run)
      .flatMap((file) => (file.endsWith('.pid') ? [file.slice(0, -'.pid'.length)] : []))
      .sort();
  } catch {
    return [];
  }
}

/** Ends what is on record under a name, if it still lives, and forgets it. */
export async function endLeftover(
  folders: ChildFolders,
  name: string,
  graceMs: number = STOP_GRACE_MS,
): Promise<'clean' | 'killed' | 'gone'> {
  const identity = readIdentity(pidFile(folders, name));
  const outcome = identity === undefined ? 'gone' : await endProcess(identity, graceMs);
  forget(folders, name);
  return outcome;
}

function forget(folders: ChildFolders, name: string): void {
  rmSync(pidFile(folders, name), { force: true });
  rmSync(specFile(folders, name), { force: true });
}
