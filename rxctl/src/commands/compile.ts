// rxctl compile: PREDA sources to verdicts, diagnostics for people, or ABI and module for programs. Needs no network.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { compile, type Diagnostic, renderDiagnostic } from '@rexnet/preda/index.ts';
import { positionOf, type Source } from '@rexnet/preda/source.ts';
import { verdictOf } from '@rexnet/preda/verdict.ts';
import { type Command, Option } from 'commander';
import { withLimits } from '../context.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { type Io, parseFormat, print, runVerb, type VerbOptions } from '../io.ts';

type CompileOptions = VerbOptions & { readonly out?: string };

const SOURCE_BYTES_MAX = 1024 * 1024;
const EXAMPLES = `
Examples:
  rxctl compile token.prd                     check it; errors with source line, caret and hint
  rxctl compile token.prd --out token.wasm    write the module as well
  rxctl compile -o json token.prd             ABI, code hash, size
  rxctl compile -o tsv case1.prd folder2      CASE<TAB>OK or CASE<TAB>line:code,… (a folder's files belong together)`;

export function addCompile(program: Command, io: Io): void {
  withLimits(program.command('compile').description('compile PREDA contracts'))
    .argument('<case...>', 'a file, or a folder of files that belong together')
    .addOption(
      new Option('-o, --output <format>', 'text, tsv, json, yaml or name').env('REXNET_OUTPUT').default('text'),
    )
    .option('--out <file>', 'write the WebAssembly module of one source')
    .addHelpText('after', EXAMPLES)
    .action((cases: readonly string[], options: CompileOptions) =>
      runVerb(io, options, async () =>
        options.output === 'tsv' ? verdicts(io, cases) : compileAll(io, cases, options),
      ),
    );
}

/** One line for each case; a refusal is a result here, not a failure. */
function verdicts(io: Io, cases: readonly string[]): ExitCode {
  for (const path of cases) io.stdout.write(`${path}\t${verdictOf(sourcesOf(io, path))}\n`);
  return EXIT.ok;
}

function compileAll(io: Io, cases: readonly string[], options: CompileOptions): ExitCode {
  const format = parseFormat(options.output);
  const results = cases
    .flatMap((path) => sourcesOf(io, path))
    .map((source) => ({ source, result: compile(source.text, { file: source.name }) }));
  const refused = results.filter(({ result }) => !result.ok).length;
  const [only, ...others] = results;
  if (options.out !== undefined && refused === 0) {
    if (only === undefined || others.length > 0 || !only.result.ok)
      throw new CliError(EXIT.usage, '--out takes one source', 'compile one file at a time');
    writeFileSync(resolve(io.cwd, options.out), only.result.wasm);
  }
  const shown = results.map(({ source, result }) =>
    result.ok
      ? {
          file: source.name,
          ok: true,
          codeHash: result.codeHash,
          wasmBytes: result.wasm.length,
          steps: result.steps,
          abi: JSON.parse(JSON.stringify(result.abi)),
        }
      : { file: source.name, ok: false, diagnostics: result.diagnostics.map(plainDiagnostic) },
  );
  print(io, format, shown, () =>
    results
      .map(({ source, result }) =>
        result.ok
          ? `${source.name}: contract ${result.abi.contract}, ${result.abi.functions.length} functions, ${result.wasm.length} bytes, ${result.codeHash.slice(0, 16)}\n`
          : result.diagnostics.map(renderDiagnostic).join('\n'),
      )
      .join(''),
  );
  return refused === 0 ? EXIT.ok : EXIT.error;
}

function plainDiagnostic({ code, span, message, hint }: Diagnostic): {
  code: string;
  line: number;
  column: number;
  message: string;
  hint: string | null;
} {
  const { line, column } = positionOf(span.source, span.begin);
  return { code: `E${code}`, line, column, message, hint: hint ?? null };
}

function sourcesOf(io: Io, path: string): readonly Source[] {
  const full = resolve(io.cwd, path);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new CliError(EXIT.usage, `${path} does not exist`, 'name a .prd file or a folder of them');
  if (!stat.isDirectory()) return [readSource(full, path)];
  const names = readdirSync(full)
    .filter((name) => name.endsWith('.prd'))
    .sort();
  if (names.length === 0)
    throw new CliError(EXIT.usage, `${path} holds no .prd file`, 'name a .prd file or a folder of them');
  return names.map((name) => readSource(join(full, name), join(path, name)));
}

function readSource(full: string, name: string): Source {
  const text = readFileSync(full, 'utf8');
  if (text.length > SOURCE_BYTES_MAX)
    throw new CliError(EXIT.usage, `${basename(name)} has more than ${SOURCE_BYTES_MAX} bytes`, 'is it PREDA?');
  return { name, text };
}
