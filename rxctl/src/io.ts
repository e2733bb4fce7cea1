// What a verb has of the outside world: streams, environment, folder, a signal. A test gives it another one.
import type { Writable } from 'node:stream';
import { parseDuration } from '@rexnet/node/core/duration.ts';
import { CliError, EXIT, type ExitCode } from './exit.ts';
import type { Folders } from './local/folders.ts';
import type { Network } from './network.ts';
import type { NetworkPlace } from './network-place.ts';
import { FORMATS, type Format, type Printable, render } from './print.ts';
import type { Source } from './sources/source.ts';

/** A stream that may be a terminal. */
export type Out = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

export type Io = {
  readonly stdout: Out;
  readonly stderr: Out;
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted by Ctrl-C and SIGTERM, and when the time of --timeout is over. */
  signal: AbortSignal;
  /** How a network is talked to, wherever it is. */
  readonly openNetwork: (place: NetworkPlace) => Promise<Network>;
  /** Where the network of these folders is looked at; the laptop itself when absent. */
  readonly openSource?: (folders: Folders) => Promise<Source>;
  /** Set by the verb that ran. */
  exitCode: ExitCode;
  /** --timeout of the verb that runs. */
  timeoutMs?: number | undefined;
  /** What a person calls us by, when that is not rxctl alone: cures and examples say it. */
  program?: string;
  /** False with --no-color. */
  wantsColor?: boolean | undefined;
};

/** What every verb takes, as commander gives it. */
export type VerbOptions = {
  readonly output: string;
  readonly timeout?: string;
  readonly color?: boolean;
  readonly kube?: boolean;
};

export const PROGRAM = 'rxctl';

/** How long a verb may take to end after its time is over. */
const GRACE_MS = 2_000;

export function print(
  io: Io,
  format: Format,
  value: Printable,
  text: (isWide: boolean) => string,
  names?: readonly string[],
): void {
  io.stdout.write(render(format, value, text, names));
}

/** A text of ours with the commands in it as this person has to type them. */
export function inWordsOf({ program = PROGRAM }: Io, text: string): string {
  return program === PROGRAM ? text : text.replaceAll(/\brxctl (?:--kube )?(?=[a-z-])/g, `${program} `);
}

export function note(io: Io, line: string): void {
  io.stderr.write(`${line}\n`);
}

export function parseFormat(text: string): Format {
  const format = FORMATS.find((each) => each === text);
  if (format === undefined)
    throw new CliError(EXIT.usage, `-o ${text} is no format`, `write one of ${FORMATS.join(', ')}`);
  return format;
}

/** `--timeout` in milliseconds; undefined when absent. */
export function parseTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeoutMs = parseDuration(text);
  if (!timeoutMs) throw new CliError(EXIT.usage, `--timeout ${text} is no duration`, 'write 5s or 1m30s');
  return timeoutMs;
}

/** Runs a verb; what it expects to go wrong becomes two lines on stderr (and JSON when that was asked for) and an exit code. */
export async function runVerb(io: Io, options: VerbOptions, verb: () => Promise<ExitCode>): Promise<void> {
  io.wantsColor = options.color !== false;
  if (options.kube === true) io.program ??= `${PROGRAM} --kube`;
  try {
    io.exitCode = await within(io, parseTimeout(options.timeout), verb);
  } catch (error) {
    const known = error instanceof CliError ? error : undefined;
    io.exitCode = known?.code ?? EXIT.error;
    const said = error instanceof Error ? error.message : String(error);
    const message = known === undefined && io.signal.aborted ? 'interrupted' : said;
    note(io, inWordsOf(io, `error: ${message}`));
    if (known?.cure !== undefined) note(io, inWordsOf(io, `  cure: ${known.cure}`));
    if (options.output === 'json')
      print(io, 'json', { error: { code: io.exitCode, message, cure: known?.cure } }, () => '');
  }
}

/** A verb that ends by itself when its signal is aborted decides what that means; one that does not is left behind. */
async function within(io: Io, timeoutMs: number | undefined, verb: () => Promise<ExitCode>): Promise<ExitCode> {
  if (timeoutMs === undefined) return verb();
  const expired = new AbortController();
  io.timeoutMs = timeoutMs;
  io.signal = AbortSignal.any([io.signal, expired.signal]);
  const outOfTime = (cause?: unknown): CliError =>
    new CliError(EXIT.timeout, `not done after ${timeoutMs / 1000} s`, 'give it more: --timeout 2m', { cause });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      expired.abort();
      timer = setTimeout(() => reject(outOfTime()), GRACE_MS);
    }, timeoutMs);
  });
  try {
    return await Promise.race([verb(), late]);
  } catch (error) {
    throw expired.signal.aborted && !(error instanceof CliError) ? outOfTime(error) : error;
  } finally {
    clearTimeout(timer);
  }
}
