// Reads the documents of a YAML file, with line and column for whatever is wrong in one. It is stricter than YAML where
// Kubernetes' YAML 1.1 reader would see another value in the same text, and knows no kind of object.
import { formatPath, isRecord, type Path, type Problem } from '@rexnet/operator/api/check.ts';
import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseAllDocuments, visit } from 'yaml';

export type Located = Problem & { readonly line: number; readonly column: number };
export type YamlDocument = {
  /** Undefined when its aliases do not resolve. */
  readonly value: unknown;
  readonly kind: unknown;
  readonly locate: (problem: Problem) => Located;
  /** Adds what YAML 1.1 reads differently to what is wrong with the value. */
  readonly judge: (found: readonly Problem[]) => readonly Located[];
};
export type YamlFile = { readonly documents: readonly YamlDocument[] } | { readonly problems: readonly Located[] };

const YAML_1_1_BOOLEAN = /^(y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/;
const AMBIGUOUS_NUMBER = /^[-+]?(0[0-9]+|0o[0-7]+|[0-9]+(:[0-5]?[0-9])+)$/;

/** The documents that are not empty, or what is no YAML. */
export function readYaml(text: string): YamlFile {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const all = Array.isArray(documents)
    ? documents.filter((document) => document.contents !== null || document.errors.length > 0)
    : [];
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = all.flatMap((document) =>
    document.errors.map(
      (error): Located => ({ path: [], ...place(error.pos[0]), ...wordSyntaxError(error.code, error.message) }),
    ),
  );
  if (problems.length > 0) return { problems };
  return {
    documents: all.map((document) => {
      const value = toValue(document);
      const locate = (problem: Problem): Located => ({ ...problem, ...place(offsetOf(document, problem.path)) });
      return {
        value,
        kind: isRecord(value) ? value['kind'] : undefined,
        locate,
        judge: (found) => mergeTraps(findTraps(document), found).map(locate),
      };
    }),
  };
}

export function byPlace(problems: readonly Located[]): readonly Located[] {
  return problems.toSorted((left, right) => left.line - right.line || left.column - right.column);
}

/** 'testnet.yaml:5:3: spec.group is no field of a Testnet' and below it what to do. */
export function formatProblems(file: string, problems: readonly Located[]): string {
  return problems
    .map(({ line, column, path, message, cure }) => {
      const name = formatPath(path);
      return `${file}:${line}:${column}: ${message.includes(name) ? message : `${name}: ${message}`}\n  cure: ${cure}`;
    })
    .join('\n');
}

/** Line and column of a field of the document of that kind; the beginning of the file when there is none. */
export function placeOf(text: string, kind: string, path: Path): Pick<Located, 'line' | 'column'> {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const found = Array.isArray(documents) ? documents.find((document) => document.get('kind') === kind) : undefined;
  const { line, col } = lines.linePos(found === undefined ? 0 : offsetOf(found, path));
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function wordSyntaxError(code: string, message: string): { message: string; cure: string } {
  if (code === 'DUPLICATE_KEY')
    return { message: 'the same key is written twice', cure: 'remove one of the two lines' };
  if (code === 'TAB_AS_INDENT') return { message: 'a tab indents this line', cure: 'YAML is indented with spaces' };
  return { message: message.split('\n')[0] ?? message, cure: 'correct the YAML at this place' };
}

/** The offset of the key for a field, so that the line is right even when the value is missing or long. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => (isScalar(item.key) ? String(item.key.value) : '') === String(part));
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else {
      break;
    }
  }
  return offset;
}

/** Plain words and numbers that YAML 1.2 (ours) and YAML 1.1 (Kubernetes') read differently. */
function findTraps(document: Document.Parsed): readonly Problem[] {
  const traps: Problem[] = [];
  visit(document, {
    Scalar(key, scalar, ancestors) {
      if (key === 'key' || scalar.type !== 'PLAIN' || scalar.source === undefined) return;
      const path = pathOf(key, ancestors);
      const { source } = scalar;
      const name = formatPath(path);
      if (YAML_1_1_BOOLEAN.test(source)) {
        const value = /^(y|on)/i.test(source);
        traps.push({
          path,
          message: `${name} is ${source}, which Kubernetes reads as the boolean ${value}`,
          cure: `write ${value} if you mean the boolean, "${source}" in quotes if you mean the word`,
        });
      } else if (AMBIGUOUS_NUMBER.test(source)) {
        traps.push({
          path,
          message: `${name} is ${source}, which Kubernetes reads as another number`,
          cure: 'write a plain decimal number without leading zeros, or put it in quotes',
        });
      }
    },
  });
  return traps;
}

/** A trap explains the problem it causes; the schema knows better what to write instead. */
function mergeTraps(traps: readonly Problem[], found: readonly Problem[]): readonly Problem[] {
  const cures = new Map(found.map((problem) => [formatPath(problem.path), problem.cure]));
  const trapped = new Set(traps.map((trap) => formatPath(trap.path)));
  const explained = traps.map((trap) => ({ ...trap, cure: cures.get(formatPath(trap.path)) ?? trap.cure }));
  return [...explained, ...found.filter((problem) => !trapped.has(formatPath(problem.path)))];
}

function pathOf(key: unknown, ancestors: readonly unknown[]): Path {
  const path: (string | number)[] = [];
  ancestors.forEach((ancestor, depth) => {
    if (isPair(ancestor) && isScalar(ancestor.key)) path.push(String(ancestor.key.value));
    if (!isSeq(ancestor)) return;
    const next = ancestors[depth + 1];
    path.push(next === undefined ? Number(key) : ancestor.items.indexOf(next));
  });
  return path;
}

/** Undefined for a document whose aliases do not resolve: the schema then says it is no object. */
function toValue(document: Document.Parsed): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}
