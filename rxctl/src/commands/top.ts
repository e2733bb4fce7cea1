// rxctl top: a network as it lives, in a terminal. It only looks: nothing here changes a network.
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { parseDuration } from '@rexnet/node/core/duration.ts';
import type { Command } from 'commander';
import { type CommonOptions, siteOf, verbOf, withCommon } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, print } from '../io.ts';
import type { Format } from '../print.ts';
import { looksOf } from '../sources/looks.ts';
import { Recorder, readRecording, replaySource } from '../sources/recording.ts';
import type { Snapshot, Source } from '../sources/source.ts';
import { hasColor } from '../style.ts';
import { frameOf } from '../views/frame.ts';
import type { Size } from '../views/line.ts';
import { type Courses, extend, FIRST_UI, NO_COURSES } from '../views/model.ts';
import { paint } from '../views/paint.ts';

type TopOptions = CommonOptions & {
  readonly once?: true;
  readonly record?: string;
  readonly replay?: string;
  readonly interval: string;
  readonly scaling?: string;
};

const INTERVAL_MIN_MS = 200;
/** Looks between which one frame's rates are taken. */
const ONCE_BEATS = 3;
const ONCE_MIN_MS = 1_000;
const PLAIN_SIZE: Size = { columns: 120, rows: 40 };

/** A view that is left open all day should weigh little: what a frame leaves is collected early, for 1 % of a core. */
const SMALL_HEAP = ['--semi-space-growth-factor=1', '--heap-growing-percent=50'];

const EXAMPLES = `
Examples:
  rxctl top                              live, until q
  rxctl top --once                       one frame, for a pipe or a pull request
  rxctl top --once -o json               the same look as data
  rxctl top -o json                      every look as data, one object a line, until Ctrl-C
  rxctl top --record run.jsonl           keep every look
  rxctl top --replay run.jsonl           show them again, without a network
  rxctl top --scaling bench              with the curve that bench scale --out bench left`;

export function addTop(program: Command, io: Io): void {
  withCommon(program.command('top').description('a network as it lives: groups, machines, parent chain, lag, events'))
    .option('--once', 'print one frame and end')
    .option('--record <file>', 'keep every look in a file')
    .option('--replay <file>', 'show what --record kept')
    .option('--interval <duration>', 'time between looks', '1s')
    .option('--scaling <path>', 'verdict of bench scale, or the folder it is in')
    .addHelpText('after', EXAMPLES)
    .action((options: TopOptions) => verbOf(io, options, (format) => top(io, options, format)));
}

async function top(io: Io, options: TopOptions, format: Format): Promise<ExitCode> {
  intervalOf(options);
  if (options.replay !== undefined && options.record !== undefined)
    throw new CliError(EXIT.usage, '--record and --replay exclude each other', 'copy the recording instead');
  const isStream = format === 'json' && options.replay === undefined;
  if (options.once !== true && !isStream) refuseWithoutTerminal(io, format);
  if (options.replay !== undefined) return show(io, options, replaySource(resolve(io.cwd, options.replay)), format);
  const site = await siteOf(io, options);
  try {
    const scaling = options.scaling === undefined ? undefined : resolve(io.cwd, options.scaling);
    return await show(io, options, await site.openSource(scaling), format);
  } finally {
    await site.close();
  }
}

async function show(io: Io, options: TopOptions, source: Source, format: Format): Promise<ExitCode> {
  const recorder = options.record === undefined ? undefined : new Recorder(resolve(io.cwd, options.record));
  try {
    if (options.once === true) return await once(io, options, source, recorder, format);
    if (format === 'json') return await stream(io, source, recorder, intervalOf(options));
    return await live(io, options, source, recorder, intervalOf(options));
  } finally {
    recorder?.close();
    await source.close();
  }
}

function intervalOf({ interval }: TopOptions): number {
  const intervalMs = parseDuration(interval);
  if (intervalMs === undefined || intervalMs < INTERVAL_MIN_MS)
    throw new CliError(EXIT.usage, `--interval ${interval} is no duration of 200ms or more`, 'write 1s or 500ms');
  return intervalMs;
}

function refuseWithoutTerminal(io: Io, format: Format): void {
  if (io.stdout.isTTY !== true || process.stdin.isTTY !== true)
    throw new CliError(EXIT.usage, 'top needs a terminal for its live view', 'print one frame: rxctl top --once');
  if (format !== 'text' && format !== 'wide')
    throw new CliError(EXIT.usage, `the live view is no ${format}`, `one look as data: rxctl top --once -o ${format}`);
}

async function live(
  io: Io,
  options: TopOptions,
  source: Source,
  recorder: Recorder | undefined,
  intervalMs: number,
): Promise<ExitCode> {
  for (const flag of SMALL_HEAP) setFlagsFromString(flag);
  // React checks and keeps more of every frame otherwise.
  process.env['NODE_ENV'] ??= 'production';
  const { showLive } = await import('../views/live.ts');
  await showLive({
    source,
    terminal: { stdout: process.stdout, stdin: process.stdin },
    intervalMs,
    hasColor: hasColor(io, io.stdout),
    isReplay: options.replay !== undefined,
    onLook: (snapshot) => recorder?.add(snapshot),
    signal: io.signal,
  });
  return EXIT.ok;
}

async function stream(io: Io, source: Source, recorder: Recorder | undefined, intervalMs: number): Promise<ExitCode> {
  for await (const snapshot of looksOf(io, source, intervalMs)) {
    recorder?.add(snapshot);
    print(io, 'json', snapshot, () => '');
  }
  return EXIT.ok;
}

/** One frame; of a recording the last one, with the courses of all. */
async function once(
  io: Io,
  options: TopOptions,
  source: Source,
  recorder: Recorder | undefined,
  format: Format,
): Promise<ExitCode> {
  const { snapshot, courses } =
    options.replay === undefined
      ? await twoLooks(io, source, recorder)
      : wholeRecording(resolve(io.cwd, options.replay));
  const model = { snapshot, courses, ui: FIRST_UI, logLines: [], isReplay: options.replay !== undefined };
  const names = snapshot.groups.map(({ group }) => `g${group}`);
  const text = (): string =>
    frameOf(model, sizeOf(io))
      .flatMap((band) => band.lines)
      .map((line) => paint(line, hasColor(io, io.stdout)))
      .join('\n');
  print(io, format, snapshot, text, names);
  return snapshot.status.phase === 'Healthy' || snapshot.status.phase === 'Suspended' ? EXIT.ok : EXIT.degraded;
}

type Seen = { readonly snapshot: Snapshot; readonly courses: Courses };

/** Rates need two. */
async function twoLooks(io: Io, source: Source, recorder: Recorder | undefined): Promise<Seen> {
  const first = await source.look();
  recorder?.add(first);
  await delay(Math.max(ONCE_MIN_MS, ONCE_BEATS * first.blockIntervalMs), undefined, { signal: io.signal });
  const snapshot = await source.look();
  recorder?.add(snapshot);
  return { snapshot, courses: extend(extend(NO_COURSES, first), snapshot) };
}

function wholeRecording(path: string): Seen {
  let seen: Seen | undefined;
  for (const snapshot of readRecording(path))
    seen = { snapshot, courses: extend(seen?.courses ?? NO_COURSES, snapshot) };
  if (seen === undefined) throw new CliError(EXIT.usage, `${path} holds no look`, 'record for longer');
  return seen;
}

/** Of the terminal, else of COLUMNS and LINES, else what a pull request shows well. */
function sizeOf({ stdout, env }: Io): Size {
  if (stdout.isTTY === true && stdout.columns !== undefined && stdout.rows !== undefined)
    return { columns: stdout.columns, rows: stdout.rows };
  const columns = Number(env['COLUMNS'] ?? PLAIN_SIZE.columns);
  const rows = Number(env['LINES'] ?? PLAIN_SIZE.rows);
  return Number.isInteger(columns) && Number.isInteger(rows) ? { columns, rows } : PLAIN_SIZE;
}
