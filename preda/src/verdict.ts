// The verdict on a set of files in the form of the conformance table: `OK` or `line:E<code>,…`. It judges the language, not what this version supports.
import { analyze } from './front.ts';
import { positionOf, type Source } from './source.ts';

export function verdictOf(files: readonly Source[]): string {
  const analysis = analyze(files, { accept: 'language' });
  if ('program' in analysis) return 'OK';
  const entries = analysis.diagnostics.map(({ code, span, verdictSpan }) => {
    const { source, begin } = verdictSpan ?? span;
    return `${positionOf(source, begin).line}:E${code}`;
  });
  return [...new Set(entries)].join(',');
}
