// The front-end: sources in, a typed program or diagnostics out. Contracts given together may import each other.
import type { File } from './ast.ts';
import { checkContract } from './check.ts';
import { type Diagnostic, failFatally, Reporter } from './diagnostics.ts';
import { MAX_SOURCE_BYTES, Rejected } from './limits.ts';
import type { Module } from './names.ts';
import { parseFile } from './parser.ts';
import type { Contract, Program } from './program.ts';
import type { Source } from './source.ts';
import { checkSupported } from './supported.ts';

/** `language` judges the language alone; `release` also refuses what this version does not compile. */
export type AnalyzeOptions = { readonly accept: 'language' | 'release' };
export type Analysis =
  | { readonly program: Program; readonly steps: number; readonly nesting: number }
  | { readonly diagnostics: readonly Diagnostic[] };

export function analyze(sources: readonly Source[], { accept }: AnalyzeOptions): Analysis {
  const reporter = new Reporter();
  let contracts: readonly Contract[] = [];
  try {
    contracts = checkAll(sources, reporter);
    if (accept === 'release' && reporter.diagnostics.length === 0) checkSupported(contracts, reporter);
  } catch (error) {
    if (!(error instanceof Rejected) || !error.diagnostic) throw error;
    reporter.report(error.diagnostic);
  }
  const { steps, nesting } = reporter;
  if (reporter.diagnostics.length === 0) return { program: { contracts }, steps, nesting };
  return { diagnostics: inSourceOrder(reporter.diagnostics, sources) };
}

type Parsed = { readonly file: File; readonly order: number };

function checkAll(sources: readonly Source[], reporter: Reporter): readonly Contract[] {
  const parsed: Parsed[] = [];
  for (const [order, source] of sources.entries()) {
    checkSize(source);
    const file = reporter.attempt(() => parseFile(source, reporter));
    if (file) parsed.push({ file, order });
  }
  if (reporter.diagnostics.length > 0) return [];
  return checkInImportOrder(uniquelyNamed(parsed, reporter), reporter);
}

function checkSize(source: Source): void {
  const bytes = new TextEncoder().encode(source.text).length;
  if (bytes <= MAX_SOURCE_BYTES) return;
  failFatally(2002, { source, begin: 0, close: 1 }, `the source has ${bytes} bytes, more than ${MAX_SOURCE_BYTES}`);
}

function uniquelyNamed(parsed: readonly Parsed[], reporter: Reporter): readonly Parsed[] {
  const names = new Set<string>();
  return parsed.filter(({ file }) => {
    const { text, span } = file.contract.name;
    if (names.has(text)) reporter.report({ code: 57, span, message: `another contract is named \`${text}\`` });
    return names.size !== names.add(text).size;
  });
}

/** Imported contracts first. Whoever imports a refused contract is not judged; contracts that import each other are refused. */
function checkInImportOrder(parsed: readonly Parsed[], reporter: Reporter): readonly Contract[] {
  const modules = new Map<string, Module>();
  const checked: { readonly contract: Contract; readonly order: number }[] = [];
  const names = new Set(parsed.map(({ file }) => file.contract.name.text));
  const imports = ({ file }: Parsed) => file.imports.map((node) => node.name.text).filter((name) => names.has(name));
  const refused = new Set<string>();
  let waiting = parsed;
  while (waiting.length > 0) {
    const isSettled = (name: string) => modules.has(name) || refused.has(name);
    const ready = waiting.filter((item) => imports(item).every(isSettled));
    const round = ready.length > 0 ? ready : [inCircle(waiting, imports)];
    for (const item of round) {
      const { name } = item.file.contract;
      const before = reporter.diagnostics.length;
      const isJudged = !imports(item).some((imported) => refused.has(imported));
      const result = isJudged ? checkContract(item.file, modules, reporter) : undefined;
      if (result) checked.push({ contract: result.contract, order: item.order });
      if (result && reporter.diagnostics.length === before) modules.set(name.text, result.module);
      else refused.add(name.text);
    }
    waiting = waiting.filter((item) => !round.includes(item));
  }
  return checked.sort((a, b) => a.order - b.order).map(({ contract }) => contract);
}

/** When every contract waits for another one, following the imports must end up in a circle. */
function inCircle(waiting: readonly Parsed[], imports: (item: Parsed) => readonly string[]): Parsed {
  const byName = new Map(waiting.map((item) => [item.file.contract.name.text, item]));
  let item = waiting[0]!;
  for (const _ of waiting) item = byName.get(imports(item).find((name) => byName.has(name))!)!;
  return item;
}

function inSourceOrder(diagnostics: readonly Diagnostic[], sources: readonly Source[]): readonly Diagnostic[] {
  const rank = ({ span }: Diagnostic) => sources.indexOf(span.source);
  return diagnostics.toSorted((a, b) => rank(a) - rank(b) || a.span.begin - b.span.begin || a.code - b.code);
}
