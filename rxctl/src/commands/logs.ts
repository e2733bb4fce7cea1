// rxctl logs: the logs of a network as one story: merged by time, each line with whose it is; -f goes on as they grow.
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { type CommonOptions, withCommon, withSite } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { chooseLogs, labelsOf, lineFilter, parsePattern, parseSince } from '../log-choice.ts';
import { type LogLine, mergeLines, readLines } from '../log-lines.ts';
import type { Format } from '../print.ts';
import type { Site } from '../site.ts';
import { hasColor, paintOf, styleOfGroup } from '../style.ts';

type LogOptions = CommonOptions & {
  readonly lines?: string;
  readonly follow?: true;
  readonly selector: readonly string[];
  readonly grep?: string;
  readonly since?: string;
  readonly previous?: true;
};

const LINES_DEFAULT = 20;
const LINES_MAX = 10_000;
const FOLLOW_MS = 200;
const EXAMPLES = `
Examples:
  rxctl logs                            the newest lines of everybody, merged by time
  rxctl logs g0-n0 -n 100               one node
  rxctl logs -f -l group=2              nodes of group 2, as they write
  rxctl logs -l component=miner --since 5m --grep parent
  rxctl logs g1-n0 --previous           what it wrote before its last start
  rxctl logs -f -o json                 one JSON object a line

On a terminal (and with -o wide) lines are made readable; elsewhere they are as they were written.`;

export function addLogs(program: Command, io: Io): void {
  const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];
  // As in tail, -n is the number of lines here.
  withCommon(
    program.command('logs').description('logs of nodes, miners, bitcoind, load and rxctl'),
    '--namespace <name>',
  )
    .argument('[who...]', 'g0-n0, miner-0, bitcoind, load, rxctl; all when absent')
    .option('-n, --lines <count>', `last lines of each; ${LINES_DEFAULT} when neither --since nor --previous is given`)
    .option('-f, --follow', 'go on until Ctrl-C')
    .option('-l, --selector <label>', 'only group=N or component=node|miner|bitcoind|load|contracts|rxctl', collect, [])
    .option('--grep <pattern>', 'only lines that match this regular expression')
    .option('--since <when>', 'only lines this young: 5m, or a date')
    .option('--previous', 'what a process wrote before its last start')
    .addHelpText('after', EXAMPLES)
    .action((who: readonly string[], options: LogOptions) =>
      withSite(io, options, (site, format) => logs(io, site, who, options, format)),
    );
}

async function logs(
  io: Io,
  { logs: all }: Site,
  who: readonly string[],
  options: LogOptions,
  format: Format,
): Promise<ExitCode> {
  const names = chooseLogs(await all.names(), who, options.selector);
  const count = countOf(options);
  const passes = lineFilter(parseSince(options.since, Date.now()), parsePattern(options.grep));
  if (format === 'name') {
    io.stdout.write(names.map((name) => `${name}\n`).join(''));
    return EXIT.ok;
  }
  const show = await writerOf(io, names, format);
  // What a pattern leaves out is not known before all is read.
  const newest = options.grep === undefined && options.since === undefined ? count : LINES_MAX;
  // Begun before the end is read: a line in between comes twice at worst, and is never lost.
  const followers = options.follow === true ? names.map((name) => ({ name, stream: all.follow(name) })) : [];
  try {
    const found = await Promise.all(
      names.map(async (name) => {
        const lines = await all.read(name, { newest, previous: options.previous === true });
        return count === 0 ? [] : lines.filter(passes).slice(-count);
      }),
    );
    for (const line of mergeLines(found)) show(line);
    while (options.follow === true && !io.signal.aborted) {
      const fresh = followers.map(({ name, stream }) => readLines(name, stream.next()).filter(passes));
      for (const line of mergeLines(fresh)) show(line);
      await delay(FOLLOW_MS, undefined, { signal: io.signal }).catch(() => undefined);
    }
  } finally {
    for (const { stream } of followers) stream.close();
  }
  return EXIT.ok;
}

function countOf({ lines, since, previous }: LogOptions): number {
  if (lines === undefined) return since === undefined && previous !== true ? LINES_DEFAULT : LINES_MAX;
  const count = Number(lines);
  if (!Number.isInteger(count) || count < 0)
    throw new CliError(EXIT.usage, `-n ${lines} is no count`, 'write -n 20; a namespace is --namespace NAME here');
  return Math.min(count, LINES_MAX);
}

/** How one line is written: raw where a program reads, readable where a person does. */
async function writerOf(io: Io, names: readonly string[], format: Format): Promise<(line: LogLine) => void> {
  if (format === 'json' || format === 'yaml')
    return ({ object, raw, fields }) => io.stdout.write(`${JSON.stringify({ object, ...(fields ?? { msg: raw }) })}\n`);
  const paint = paintOf(io);
  const width = Math.max(...names.map((name) => name.length));
  const prefix = (object: string): string =>
    names.length === 1 ? '' : `${paint(styleOfGroup(labelsOf(object).group ?? 0), object.padEnd(width))}  `;
  if (io.stdout.isTTY !== true && format !== 'wide')
    return ({ object, raw }) => io.stdout.write(`${prefix(object)}${raw}\n`);
  // Loaded only here: a third of a second nobody else should wait for.
  const { default: pretty } = await import('pino-pretty');
  const readable = pretty.prettyFactory({
    colorize: hasColor(io, io.stdout),
    singleLine: true,
    ignore: 'pid,hostname,program,role,group',
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return ({ object, raw, atMs, message, fields }) => {
    const dated = fields === undefined && atMs !== undefined && message !== raw;
    const text = readable(dated ? { time: new Date(atMs).toISOString(), level: 'info', msg: message } : raw);
    io.stdout.write(
      text
        .trimEnd()
        .split('\n')
        .map((row) => `${prefix(object)}${row}\n`)
        .join(''),
    );
  };
}
