// Source texts and positions in them. It maps offsets to lines and columns, and knows nothing of the language.

export type Source = { readonly name: string; readonly text: string };

/** A half-open range of UTF-16 offsets in one source. */
export type Span = { readonly source: Source; readonly begin: number; readonly close: number };

/** One-based line and column, as editors show them. */
export type Position = { readonly line: number; readonly column: number };

export function positionOf(source: Source, offset: number): Position {
  let line = 1;
  let lineBegin = 0;
  const end = Math.min(offset, source.text.length);
  for (let i = source.text.indexOf('\n'); i !== -1 && i < end; i = source.text.indexOf('\n', i + 1)) {
    line++;
    lineBegin = i + 1;
  }
  return { line, column: end - lineBegin + 1 };
}

export function lineText(source: Source, line: number): string {
  return (source.text.split('\n')[line - 1] ?? '').replace(/\r$/, '');
}

export function joinSpans(first: Span, last: Span): Span {
  return { source: first.source, begin: first.begin, close: Math.max(first.close, last.close) };
}
