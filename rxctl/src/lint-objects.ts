// What is wrong with objects that are no Testnet: measurements, and what the operator writes. Pure: documents in, findings out.
import { parseDuration } from '@rexnet/node/core/duration.ts';
import { formatPath } from '@rexnet/operator/api/check.ts';
import type { LoadTest } from '@rexnet/operator/api/load-test.ts';
import { LOAD_TEST } from '@rexnet/operator/api/load-test.ts';
import { definitionOf, parseObject } from '@rexnet/operator/api/parse.ts';
import type { Finding, Linted } from './lint-finding.ts';
import { byPlace, type Located, type YamlDocument } from './yaml-documents.ts';

const MINUTE_MS = 60_000;

/** Every document must be of a kind of ours. */
export function lintObjects(file: string, documents: readonly YamlDocument[]): Linted {
  const errors = byPlace(documents.flatMap(problemsOf)).map(
    ({ line, column, path, message, cure }): Finding => ({
      severity: 'error',
      line,
      column,
      where: formatPath(path),
      message,
      cure,
    }),
  );
  const [kind = 'loadtest'] = documents.map(({ kind }) => String(kind).toLowerCase() as Linted['kind']);
  const findings = errors.length > 0 ? errors : documents.flatMap(warnings);
  return { file, kind, findings, summary: errors.length > 0 ? '' : documents.map(summaryOf).join('; ') };
}

function problemsOf({ value, judge }: YamlDocument): readonly Located[] {
  const definition = definitionOf(value);
  if (definition === undefined) return [];
  const parsed = parseObject(definition, value);
  return judge('problems' in parsed ? parsed.problems : []);
}

function warnings({ value, locate }: YamlDocument): readonly Finding[] {
  const definition = definitionOf(value);
  if (definition?.writtenBy !== 'operator') return [];
  const { line, column } = locate({ path: ['kind'], message: '', cure: '' });
  const message = `a ${definition.names.kind} is written by the operator, which will undo what you write`;
  return [{ severity: 'warning', line, column, where: 'kind', message, cure: 'write a Testnet instead' }];
}

function summaryOf({ value }: YamlDocument): string {
  const parsed = parseObject(LOAD_TEST, value);
  return 'object' in parsed ? loadTestSummary(parsed.object) : '';
}

/** 'loadtest curve, testnet demo, 1, 2, 4 groups, 3 × 60s of Token, Capped, at least 12 min' */
function loadTestSummary({ name, spec }: LoadTest): string {
  const { testnet, groups, repeats, duration, warmUp, workload, profile } = spec;
  const wholeMs = groups.length * repeats * ((parseDuration(duration) ?? 0) + (parseDuration(warmUp) ?? 0));
  return [
    `loadtest ${name}`,
    `testnet ${testnet}`,
    `${groups.join(', ')} groups`,
    `${repeats} × ${duration} of ${workload}`,
    profile,
    `at least ${Math.ceil(wholeMs / MINUTE_MS)} min`,
  ].join(', ');
}
