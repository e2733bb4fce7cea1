// rxctl bench: the verb with its benches. Arguments in, report and exit code out; what a bench does is in bench/.
import { resolve } from 'node:path';
import { suggest } from '@rexnet/operator/api/suggest.ts';
import { type Command, Option } from 'commander';
import { writeArtefacts } from '../bench/artefacts.ts';
import type { Bench } from '../bench/definition.ts';
import { type MachineFacts, machineFacts } from '../bench/facts.ts';
import { openWorkplace, sweepLeftovers } from '../bench/leftovers.ts';
import { Prices } from '../bench/price.ts';
import { type BenchReport, exitCodeOf, toArtefacts, toObject, toText } from '../bench/report.ts';
import { canWatch } from '../bench/usage.ts';
import { type CommonOptions, verbOf, withCommon, withOutput } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, note, print } from '../io.ts';
import { warmCode } from '../local/warm.ts';
import type { Format, Printable } from '../print.ts';
import { BENCHES } from './benches.ts';

/** What every bench takes. */
export interface BenchOptions {
  readonly output: string;
  readonly out?: string;
  readonly kube?: boolean;
}

type FollowOptions = CommonOptions & { readonly out?: string };

const CLUSTER_FLAGS = ['--kube', '-n, --namespace <name>', '--context <name>', '--kubeconfig <file>'] as const;

const EXAMPLES = `
Examples:
  rxctl bench scale --groups 1,2,4           on this machine
  rxctl bench curve --kube                   follow the LoadTest of a cluster, and show its table and verdict
  rxctl bench --kube --out results -o json   the only one there is; its artefacts as files

Exit codes: 0 met, 5 not met, 6 the measurement is invalid.`;

export function addBench(program: Command, io: Io): void {
  const bench = withCommon(
    program
      .command('bench')
      .description('measure on fresh networks of this machine, and say what the figures are worth'),
  )
    .argument('[loadtest]', 'with --kube: the LoadTest to follow; the only one there is when absent')
    .option('--out <folder>', 'with --kube: write the artefacts of the LoadTest there')
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined, options: FollowOptions) =>
      verbOf(io, options, (format) => follow(io, bench, name, options, format)),
    );
  for (const each of BENCHES) {
    const command = each.addFlags(withOutput(bench.command(each.name).description(each.summary)));
    // Only to be refused in a sentence, wherever they stand.
    for (const flags of CLUSTER_FLAGS) command.addOption(new Option(flags).hideHelp());
    command
      .option('--out <folder>', 'write JSON, Markdown and a chart there')
      .addHelpText('after', `\nExample:\n  ${each.example}`)
      .action((options: BenchOptions & Readonly<Record<string, unknown>>) =>
        verbOf(io, options, (format) => {
          if (options.kube === true || bench.opts()['kube'] === true) throw notInACluster(each);
          return runBench(io, each, options, format);
        }),
      );
  }
}

function notInACluster({ name }: Bench): CliError {
  return new CliError(
    EXIT.usage,
    `bench ${name} measures networks of this machine`,
    'in a cluster a LoadTest measures: kubectl apply -f loadtest.yaml, then rxctl --kube bench follows it',
  );
}

/** A bench that nobody named is one that is followed. */
async function follow(
  io: Io,
  bench: Command,
  name: string | undefined,
  options: FollowOptions,
  format: Format,
): Promise<ExitCode> {
  if (options.kube === true) {
    const { followLoadTest } = await import('../cluster/bench.ts');
    return followLoadTest(io, name, options, format);
  }
  const names = BENCHES.map((each) => each.name);
  if (name === undefined) {
    bench.outputHelp({ error: true });
    return EXIT.usage;
  }
  const meant = suggest(name, names);
  throw new CliError(
    EXIT.usage,
    `there is no bench ${name}`,
    meant === undefined
      ? `there are ${names.join(', ')}; LoadTests of a cluster need --kube`
      : `did you mean ${meant}?`,
  );
}

async function runBench(
  io: Io,
  bench: Bench,
  options: BenchOptions & Readonly<Record<string, unknown>>,
  format: Format,
): Promise<ExitCode> {
  if (!canWatch())
    throw new CliError(EXIT.error, 'this system has no /proc, so nobody could say what limited a run', 'use Linux');
  const onNote = (line: string): void => note(io, `bench ${bench.name}: ${line}`);
  const swept = await sweepLeftovers();
  if (swept > 0) onNote(`ended ${swept} processes that an earlier bench left`);
  await warmCode(io.env, io.signal);
  const machine = machineFacts();
  const report = await measureAll(io, bench, options, { onNote, machine });
  if (options.out !== undefined)
    for (const path of writeArtefacts(resolve(io.cwd, options.out), toArtefacts(report, machine)))
      onNote(`wrote ${path}`);
  print(io, format, plain(toObject(report, machine)), () => toText(report, machine));
  return exitCodeOf(report.outcome);
}

async function measureAll(
  io: Io,
  bench: Bench,
  options: Readonly<Record<string, unknown>>,
  { onNote, machine }: { readonly onNote: (line: string) => void; readonly machine: MachineFacts },
): Promise<BenchReport> {
  await using workplace = openWorkplace();
  try {
    return await bench.run(options, { workplace, prices: new Prices(), onNote, signal: io.signal }, machine);
  } catch (error) {
    if (io.signal.aborted)
      throw new CliError(EXIT.error, 'interrupted; nothing was judged', undefined, { cause: error });
    throw error;
  }
}

/** Interfaces are no index types; the text of them is. */
function plain(value: unknown): Printable {
  return JSON.parse(JSON.stringify(value)) as Printable;
}
