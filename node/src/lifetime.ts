// From signals of the operating system to one AbortSignal, and from what nobody caught to one line and an exit code.
// It stops nothing itself: what runs does, and has a few seconds for it.
import { EXIT } from './exit.ts';
import type { Log } from './telemetry/log.ts';

/** After a signal the process is gone within five seconds, whatever still waits. */
export const STOP_DEADLINE_MS = 4_500;

export interface Lifetime {
  readonly signal: AbortSignal;
  /** Where what nobody caught is told; standard error until then. */
  useLog(log: Log): void;
}

/** What a command may use of the process. */
export interface World extends Lifetime {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard output and standard error, a line at a time. */
  out(line: string): void;
  err(line: string): void;
}

/** To be called once per process. */
export function beginLifetime(): Lifetime {
  const stop = new AbortController();
  let log: Log | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(EXIT.error);
    log?.info({ signal: name }, 'stopping');
    setTimeout(() => {
      log?.error({ deadlineMs: STOP_DEADLINE_MS }, 'did not stop in time');
      process.exit(EXIT.error);
    }, STOP_DEADLINE_MS).unref();
    stop.abort();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  const onUncaught = (kind: string) => (error: unknown) => {
    if (log === undefined) process.stderr.write(`rxd: ${kind}: ${oneLine(error)}\n`);
    else log.error({ err: error }, kind);
    process.exit(EXIT.error);
  };
  process.on('uncaughtException', onUncaught('uncaught exception'));
  process.on('unhandledRejection', onUncaught('unhandled rejection'));
  return {
    signal: stop.signal,
    useLog: (given) => {
      log = given;
    },
  };
}

export function oneLine(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.replaceAll(/\s*\n\s*/g, ' | ');
}
