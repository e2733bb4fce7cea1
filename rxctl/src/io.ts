// What a verb has of the outside world: streams, environment, folder, a signal. A test gives it another one.
import type { Writable } from 'node:stream';
import { CliError, EXIT, type ExitCode } from './exit.ts';
import type { Folders } from './local/folders.ts';
import type { Network } from './network.ts';
import { FORMATS, type Format, type Printable, render } from './print.ts';

export type Io = {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable;
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Where the network of these folders is reached. */
  readonly openNetwork: (folders: Folders) => Promise<Network>;
  /** Set by the verb that ran. */
  exitCode: ExitCode;
};

export function print(io: Io, format: Format, value: Printable, text: (isWide: boolean) => string): void {
  io.stdout.write(render(format, value, text));
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

/** Runs a verb; what it expects to go wrong becomes two lines on stderr (and JSON when that was asked for) and an exit code. */
export async function runVerb(io: Io, format: Format | undefined, verb: () => Promise<ExitCode>): Promise<void> {
  try {
    io.exitCode = await verb();
  } catch (error) {
    const known = error instanceof CliError ? error : undefined;
    io.exitCode = known?.code ?? EXIT.error;
    const message = error instanceof Error ? error.message : String(error);
    note(io, `error: ${message}`);
    if (known?.cure !== undefined) note(io, `  cure: ${known.cure}`);
    if (format === 'json') print(io, 'json', { error: { code: io.exitCode, message, cure: known?.cure } }, () => '');
  }
}
