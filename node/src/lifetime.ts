// From signals of the operating system to one AbortSignal, and from what nobody caught to one line and an exit code.
// It stops nothing itself: what runs does, and has a few seconds for it.
import { EXIT } from './exit.ts';
import type { Log } from './telemetry/log.ts';

/** After a signal the process is gone within five seconds, whatever still waits. */
export const STOP_DEADLINE_MS = 4_500;

/** What a command may use of the process. */
export interface World {
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard output and standard error, a line at a time. */
  out(line: string): void;
  err(line: string): void;
  /** Where a mistake of ours is told from now on; standard error until then. */
  useLog(log: Log): void;
  /** Tells a mistake of ours in one line, stack included. */
  tellDefect(kind: string, error: unknown): void;
}

/** To be called once per process. */
export function beginLifetime(stopDeadlineMs: number = STOP_DEADLINE_MS): World {
  const stop = new AbortController();
  let log: Log | undefined;
  const world: World = {
    signal: stop.signal,
    environment: process.env,
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    useLog: (given) => {
      log = given;
    },
    tellDefect: (kind, error) => {
      if (log?.isLevelEnabled('error') === true) log.error({ err: error }, kind);
      else world.err(`rxd: ${kind}: ${oneLine(error)}`);
    },
  };
  const onSignal = (name: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(EXIT.error);
    log?.info({ signal: name }, 'stopping');
    setTimeout(() => {
      world.tellDefect('stop', new Error(`not over after ${stopDeadlineMs} ms`));
      process.exit(EXIT.error);
    }, stopDeadlineMs).unref();
    stop.abort();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  for (const [event, kind] of [
    ['uncaughtException', 'uncaught exception'],
    ['unhandledRejection', 'unhandled rejection'],
  ] as const) {
    process.on(event, (error: unknown) => {
      world.tellDefect(kind, error);
      process.exit(EXIT.error);
    });
  }
  return world;
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.replaceAll(/\s*\n\s*/g, ' | ');
}
